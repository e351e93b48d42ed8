"""私の困りごとから探す: everyday words and the search that answers them."""

# (icon, words on the tile, what is searched for). General words of any city's
# welfare plan; what they find comes from the plan itself.
TOPICS = (
    ("talk", "相談したい", "相談窓口"),
    ("bus", "移動・買い物", "移動"),
    ("child", "子育て", "子育て"),
    ("cane", "介護・高齢者", "高齢者"),
    ("wheel", "障害のある人", "障害"),
    ("work", "生活のお金・仕事", "生活困窮"),
    ("storm", "災害への備え", "防災"),
    ("shield", "防犯・悪質商法", "防犯"),
    ("scale", "権利・虐待の防止", "虐待"),
    ("watch", "見守り・交流", "見守り"),
    ("hands", "ボランティア", "ボランティア"),
    ("sprout", "再犯防止", "再犯防止"),
)
