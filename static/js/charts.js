// Draws <div data-figure="ID"> from the JSON in <script type="application/json" id="ID">: a Plotly {data, layout}.
// Plotly's basic bundle is a global, loaded before this module. Charts follow "live:updated" and the window's width.

const CONFIG = { displayModeBar: false, responsive: true, scrollZoom: false, locale: "zh-CN" };

const ZH_CN = {
  moduleType: "locale",
  name: "zh-CN",
  dictionary: {},
  format: {
    days: ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
    shortDays: ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
    months: ["一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"],
    shortMonths: ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
    date: "%Y-%m-%d",
  },
};

function draw(element) {
  const source = document.getElementById(element.dataset.figure);
  if (!source) return;
  const figure = JSON.parse(source.textContent);
  element.style.minHeight = `${figure.layout.height}px`;
  window.Plotly.react(element, figure.data, figure.layout, CONFIG);
}

function drawAll() {
  for (const element of document.querySelectorAll("[data-figure]")) draw(element);
}

if (window.Plotly) {
  window.Plotly.register(ZH_CN);
  drawAll();
  document.addEventListener("live:updated", drawAll);
}
