/* Draws every [data-chart] from the JSON beside it (see templates/README.md for the shapes). The table twin under each
   chart holds the same numbers, so a page without this file loses nothing but the picture. */
(() => {
  "use strict";

  const LIBRARY = document.currentScript.dataset.echarts;
  const COLOURS = ["#0f5aa8", "#7d8794", "#c2570c", "#17693a", "#7a4fa3", "#0b7a86", "#a63d5e"];
  const INK = "#1d2733";
  const QUIET = "#515c69";
  const LINE = "#d3dae3";
  const STYLES = {
    solid: { width: 2.5, type: "solid" },
    dashed: { width: 1.75, type: "dashed" },
    dotted: { width: 1.75, type: "dotted" },
    faint: { width: 1.25, type: "solid", opacity: 0.65 },
  };
  const LABEL_SHARE = 0.09;
  const CELL_LABELS = 300;
  const HATCHES = ["none", "rect", "circle", "triangle", "diamond", "arrow"];
  const figures = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });
  const number = (value) => (value === null || value === undefined || value === "-" ? "--" : figures.format(value));

  let library;
  function load() {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = LIBRARY;
      script.onload = () => resolve(window.echarts);
      script.onerror = reject;
      document.head.append(script);
    });
    return library;
  }

  /* --- Shared parts ------------------------------------------------------------------------- */

  const size = () => 12 * (parseFloat(getComputedStyle(document.documentElement).fontSize) / 16);
  const font = () => getComputedStyle(document.body).fontFamily;
  const text = (colour = QUIET) => ({ color: colour, fontFamily: font(), fontSize: size() });

  const tooltip = (extra) => ({
    renderMode: "richText", confine: true, backgroundColor: "#ffffff", borderColor: LINE, padding: [6, 8],
    textStyle: text(INK), ...extra,
  });
  const legend = (data) => ({
    show: data.series.length > 1 || Boolean(data.band), top: 0, left: 0, itemWidth: 18, itemHeight: 8, itemGap: 14,
    textStyle: text(INK), type: "scroll",
    data: data.series.map((one) => one.name).concat(data.band ? [data.band.name] : []),
  });
  const grid = (extra) => ({ left: 4, right: 12, top: 30, bottom: 4, containLabel: true, ...extra });
  const categories = (values, extra) => ({
    type: "category", data: values, axisLabel: { ...text(), hideOverlap: true }, axisTick: { show: false },
    axisLine: { lineStyle: { color: "#8693a3" } }, ...extra,
  });
  const amounts = (unit, extra) => ({
    type: "value", name: unit, nameTextStyle: { ...text(), align: "left" }, nameGap: 8,
    axisLabel: { ...text(), formatter: number }, splitLine: { lineStyle: { color: "#e6eaef" } }, ...extra,
  });
  const decal = (index) => ({ symbol: HATCHES[index % HATCHES.length], symbolSize: 0.6, color: "rgba(255,255,255,0.5)", dashArrayX: [6, 6], dashArrayY: [3, 5] });
  const lines = (unit) => (points) =>
    [points[0].axisValueLabel ?? points[0].name]
      .concat(points.filter((point) => !point.seriesName.startsWith("\u0000"))
        .map((point) => `${point.seriesName}  ${number(Array.isArray(point.value) ? point.value[1] : point.value)} ${unit}`))
      .join("\n");

  /* --- Cumulative line: pace line, milestones, forecast band --------------------------------------- */

  function line(data) {
    const series = data.series.map((one, index) => ({
      name: one.name, type: "line", data: one.values, symbol: "none", connectNulls: false,
      color: COLOURS[index], lineStyle: { ...STYLES[one.style ?? "solid"] }, z: 10 - index,
    }));
    if (series.length) series[0].markLine = marks(data);
    if (data.band) series.push(...band(data));
    return {
      tooltip: tooltip({ trigger: "axis", formatter: lines(data.unit ?? "") }), legend: legend(data), grid: grid({ top: 44, right: 24 }),
      xAxis: categories(data.days, { boundaryGap: false }), yAxis: amounts(data.unit), series,
    };
  }

  function marks(data) {
    const label = { ...text(INK), position: "end", formatter: "{b}" };
    const goals = (data.milestones ?? []).flatMap(({ day, value, words }) => [
      { name: words, yAxis: value, lineStyle: { color: "#b3261e", type: "dashed", width: 1 }, label: { ...label, position: "insideStartTop", color: "#b3261e" } },
      ...(day ? [{ name: day.slice(5), xAxis: day, lineStyle: { color: "#8693a3", type: "dotted", width: 1 }, label: { ...label, color: QUIET } }] : []),
    ]);
    const today = data.today ? [{ name: data.today.slice(5), xAxis: data.today, lineStyle: { color: INK, width: 1, type: "solid" }, label }] : [];
    return { symbol: "none", silent: true, animation: false, data: [...goals, ...today] };
  }

  /* Two stacked areas make a band: an unseen floor and the height above it. */
  function band(data) {
    const { name, low, high } = data.band;
    const shared = { type: "line", stack: "band", showSymbol: false, silent: true, lineStyle: { opacity: 0 }, color: "#9fb9d6" };
    const height = high.map((value, index) => (value === null || low[index] === null ? null : value - low[index]));
    return [
      { ...shared, name: "\u0000floor", data: low, tooltip: { show: false } },
      { ...shared, name, data: height, areaStyle: { color: "#9fb9d6", opacity: 0.45 }, tooltip: { show: false } },
    ];
  }

  /* --- Bars, tier structure ------------------------------------------------------------------------ */

  function bars(data) {
    const hatched = new Set(data.hatched ?? []);
    const labels = categories(data.labels, data.horizontal ? { inverse: true, axisLabel: { ...text(), interval: 0 } } : {});
    const values = amounts(data.unit);
    return {
      aria: { decal: { show: true } }, tooltip: tooltip({ trigger: "axis", axisPointer: { type: "shadow" }, formatter: lines(data.unit ?? "") }),
      legend: legend(data), grid: grid(), xAxis: data.horizontal ? values : labels, yAxis: data.horizontal ? labels : values,
      series: data.series.map((one, index) => ({
        name: one.name, type: "bar", color: COLOURS[index], barMaxWidth: 22,
        data: one.values.map((value, place) => (hatched.has(place) ? { value, itemStyle: { color: "#c3cbd5", decal: decal(1) } } : { value, itemStyle: { decal: decal(0) } })),
      })),
    };
  }

  const BLUES = ["#0a4380", "#0f5aa8", "#3f7fc4", "#78a6d8", "#abc8e8", "#d3e2f3"];

  function stack(data) {
    const totals = data.labels.map((_, place) => data.series.reduce((sum, one) => sum + (one.values[place] ?? 0), 0));
    const shown = (value, place) => (data.share && totals[place] ? (value / totals[place]) * 100 : value);
    const unit = data.unit ?? "";
    return {
      tooltip: tooltip({
        trigger: "axis", axisPointer: { type: "shadow" },
        formatter: (points) => [points[0].name].concat(points.map((point) => {
          const value = data.series[point.seriesIndex].values[point.dataIndex];
          const whole = totals[point.dataIndex];
          return `${point.seriesName}  ${number(value)} ${unit}${whole ? `  ${((value / whole) * 100).toFixed(1)}%` : ""}`;
        })).join("\n"),
      }),
      legend: legend(data), grid: grid({ right: 22 }),
      xAxis: amounts(data.share ? "" : unit, data.share ? { max: 100, axisLabel: { ...text(), formatter: "{value}%" } } : {}),
      yAxis: categories(data.labels, { inverse: true, axisLabel: { ...text(INK), interval: 0 } }),
      series: data.series.map((one, index) => ({
        name: one.name, type: "bar", stack: "all", barMaxWidth: 26, color: tierColour(index, data.series.length),
        itemStyle: { borderColor: "#ffffff", borderWidth: 1 }, data: one.values.map(shown),
        label: {
          show: true, ...text(index < data.series.length / 2 ? "#ffffff" : INK),
          formatter: ({ dataIndex }) => ((one.values[dataIndex] ?? 0) / (totals[dataIndex] || 1) > LABEL_SHARE ? one.name : ""),
        },
      })),
    };
  }

  /* Tiers are an order, so they run from dark to light in one blue and stay in order in greyscale. */
  function tierColour(index, count) {
    if (count <= BLUES.length) return BLUES[Math.round((index * (BLUES.length - 1)) / Math.max(1, count - 1))];
    const share = index / (count - 1);
    const mix = [[10, 67, 128], [211, 226, 243]].reduce((from, to) => from.map((value, place) => Math.round(value + (to[place] - value) * share)));
    return `rgb(${mix.join(",")})`;
  }

  /* --- Treemap, heat grid ---------------------------------------------------------------------------- */

  const RATE_COLOURS = ["#b3261e", "#e39a94", "#e9edf2", "#8fb4dc", "#0f5aa8"];

  function treemap(data) {
    const rates = data.nodes.map((node) => node.rate);
    const [low, high] = [Math.min(...rates), Math.max(...rates)];
    const place = (rate) => (high === low ? 2 : Math.min(4, Math.floor(((rate - low) / (high - low)) * 5)));
    return {
      tooltip: tooltip({ formatter: ({ data: node }) => `${node.name}\n${number(node.value)} ${data.unit ?? ""}\n${data.rate_name ?? ""} ${node.rate}%` }),
      series: [{
        type: "treemap", roam: false, nodeClick: false, breadcrumb: { show: false }, left: 0, right: 0, top: 4, bottom: 0, animation: false,
        itemStyle: { borderColor: "#ffffff", borderWidth: 1, gapWidth: 1 },
        label: { ...text(), overflow: "truncate", formatter: ({ data: node }) => `${node.name}\n${number(node.value)}` },
        data: data.nodes.map((node) => ({
          ...node, itemStyle: { color: RATE_COLOURS[place(node.rate)] }, label: { color: [0, 4].includes(place(node.rate)) ? "#ffffff" : INK },
        })),
      }],
    };
  }

  function heat(data) {
    const values = data.cells.map((cell) => cell[2]).filter((value) => value !== null);
    const dark = Math.max(1, ...values) * 0.55;
    return {
      tooltip: tooltip({ formatter: ({ value }) => `${data.rows[value[1]]}  ${data.columns[value[0]]}\n${number(value[2])} ${data.unit ?? ""}` }),
      grid: grid({ top: 8, bottom: 36 }), xAxis: categories(data.columns), yAxis: categories(data.rows, { inverse: true }),
      visualMap: { min: Math.min(0, ...values), max: Math.max(1, ...values), orient: "horizontal", left: "center", bottom: 0, itemHeight: 90, itemWidth: 10, inRange: { color: ["#eef3f9", "#78a6d8", "#0a4380"] }, textStyle: text() },
      series: [{
        type: "heatmap", data: data.cells.map((value) => ({ value, label: { color: value[2] > dark ? "#ffffff" : INK } })), label: { show: data.cells.length <= CELL_LABELS, ...text(), fontSize: size() - 1, formatter: ({ value }) => (value[2] === null ? "" : number(value[2])) }, itemStyle: { borderColor: "#ffffff", borderWidth: 1 },
      }],
    };
  }

  const KINDS = { line, bars, stack, treemap, heat };

  /* --- Drawing --------------------------------------------------------------------------------------- */

  async function draw(place) {
    const source = document.getElementById(place.dataset.chart);
    if (!source || place.dataset.drawn) return;
    place.dataset.drawn = "yes";
    const data = JSON.parse(source.textContent);
    try {
      const echarts = await load();
      const chart = echarts.init(place, null, { renderer: "canvas" });
      const paint = () => chart.setOption({ animation: false, ...KINDS[data.type](data) }, true);
      paint();
      chart.on("click", (point) => point.data?.url && location.assign(point.data.url));
      watchSize(place, chart, paint);
    } catch (reason) {
      place.textContent = document.getElementById("words")?.dataset.chartFailed ?? "";
      place.closest("figure")?.querySelector("details")?.setAttribute("open", "");
      console.error(reason);
    }
  }

  /* Text size changes the labels too, so a resize repaints rather than stretches. */
  function watchSize(place, chart, paint) {
    const resize = () => {
      if (!place.isConnected) return;
      chart.resize();
      paint();
    };
    new ResizeObserver(resize).observe(place);
    window.addEventListener("beforeprint", resize);
  }

  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      draw(entry.target);
    }
  }, { rootMargin: "200px" });

  const start = (container) => container.querySelectorAll("[data-chart]").forEach((place) => seen.observe(place));
  document.addEventListener("htmx:load", (event) => start(event.detail.elt.parentElement ?? document));
  start(document);
})();
