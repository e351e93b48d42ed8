/* The figure to touch: hands the data of the page to plotly. The table below has the same values. */
const place = document.getElementById("interactive");
const { data, layout } = JSON.parse(document.getElementById(place.dataset.figure).textContent);
window.Plotly.newPlot(place, data, layout, {
  responsive: true,
  displaylogo: false,
  modeBarButtonsToRemove: ["lasso2d", "select2d", "sendDataToCloud"],
});
