"""Sign in; the own start page is usable."""

from bench.journeys.desk import lines

TITLE = "Sign in, to the own start page"
ROUNDS = 5
MOST_LCP, MOST_HTML = 1200, 100
LARGEST = """() => new Promise(done => {
  new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
    .observe({ type: "largest-contentful-paint", buffered: true });
})"""


def walk(desk):
    painted, sizes = [], []
    for _round in range(ROUNDS):
        hands = desk.sit_down()
        painted.append(hands.page.evaluate(LARGEST))
        sizes.append(len(hands.page.content().encode()) / 1024)
        hands.page.context.close()
    yield from lines("largest paint", painted, "ms", MOST_LCP)
    yield from lines("HTML, KB", sizes, "", MOST_HTML)
