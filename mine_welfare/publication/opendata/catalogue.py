"""The catalogue as DCAT in JSON-LD: every table as a data set with its files, for portals that harvest."""

from collections.abc import Callable, Iterable

from plans.models import Plan

from .table import Resource

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
# (name, address of the terms) of the licences that can be chosen in the settings.
LICENCES = {
    "PDL1.0": (
        "公共データ利用規約（第1.0版、PDL1.0）",
        "https://www.digital.go.jp/resources/open_data/public_data_license_v1.0",
    ),
    "CC BY 4.0": (
        "クリエイティブ・コモンズ 表示 4.0 国際（CC BY 4.0）",
        "https://creativecommons.org/licenses/by/4.0/deed.ja",
    ),
}
MEDIA = "https://www.iana.org/assignments/media-types/"
FORMATS = (("csv", "CSV", "text/csv"), ("json", "JSON", "application/json"))


def terms_of(licence: str) -> tuple[str, str]:
    """(name, address) of a licence of the settings; whatever is none of them means the usual one."""
    return LICENCES.get(licence, LICENCES["PDL1.0"])


def _words(text: str) -> dict:
    return {"@value": text, "@language": "ja"}


def catalogue(plan: Plan, resources: Iterable[Resource], licence: str, absolute: Callable[[str], str]) -> dict:
    """The document; `absolute` makes an address of this portal a full one."""
    title = f"{plan.municipality} 地域福祉計画のオープンデータ"
    return {
        "@context": CONTEXT,
        "@type": "dcat:Catalog",
        "@id": absolute("/opendata/"),
        "dcterms:title": _words(title),
        "dcterms:description": _words(f"『{plan.short_title}』の内容と進み具合を、機械で読める形で公開しています。"),
        "dcterms:publisher": {"@type": "foaf:Organization", "foaf:name": _words(plan.municipality)},
        "dcterms:language": "ja",
        "dcterms:license": {"@id": terms_of(licence)[1]},
        "dcterms:modified": _moment(plan),
        "foaf:homepage": {"@id": absolute("/opendata/")},
        "dcat:dataset": [_dataset(plan, one, licence, absolute) for one in resources],
    }


def _moment(plan: Plan) -> dict:
    return {"@value": plan.changed_at.isoformat(timespec="seconds"), "@type": "xsd:dateTime"}


def _dataset(plan: Plan, resource: Resource, licence: str, absolute: Callable[[str], str]) -> dict:
    return {
        "@type": "dcat:Dataset",
        "@id": absolute(f"/opendata/#{resource.name}"),
        "dcterms:identifier": resource.name,
        "dcterms:title": _words(resource.title),
        "dcterms:description": _words(resource.description),
        "dcterms:modified": _moment(plan),
        "dcterms:conformsTo": {"@id": absolute("/opendata/schema.json")},
        "dcat:keyword": [_words("地域福祉計画"), _words(resource.title)],
        "dcat:landingPage": {"@id": absolute(f"/opendata/#{resource.name}")},
        "dcat:distribution": [_file(resource, licence, absolute, *form) for form in FORMATS]
        + [_service(resource, licence, absolute)],
    }


def _file(resource: Resource, licence: str, absolute: Callable[[str], str], ending: str, name: str, kind: str) -> dict:
    address = absolute(f"/opendata/{resource.name}.{ending}")
    return {
        "@type": "dcat:Distribution",
        "@id": address,
        "dcterms:title": _words(f"{resource.title}（{name}）"),
        "dcat:downloadURL": {"@id": address},
        "dcat:accessURL": {"@id": absolute("/opendata/")},
        "dcat:mediaType": {"@id": MEDIA + kind},
        "dcterms:license": {"@id": terms_of(licence)[1]},
    }


def _service(resource: Resource, licence: str, absolute: Callable[[str], str]) -> dict:
    address = absolute(f"/api/v1/{resource.name}")
    return {
        "@type": "dcat:Distribution",
        "@id": address,
        "dcterms:title": _words(f"{resource.title}（API）"),
        "dcat:accessURL": {"@id": address},
        "dcat:accessService": {
            "@type": "dcat:DataService",
            "@id": absolute("/api/v1/"),
            "dcterms:title": _words("オープンデータのAPI"),
            "dcat:endpointURL": {"@id": absolute("/api/v1/")},
            "dcat:endpointDescription": {"@id": absolute("/api/v1/openapi.json")},
        },
        "dcat:mediaType": {"@id": f"{MEDIA}application/json"},
        "dcterms:license": {"@id": terms_of(licence)[1]},
    }
