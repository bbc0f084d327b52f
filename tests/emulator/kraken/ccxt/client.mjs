// Drives the emulator with ccxt as it comes from npm; nothing of it is changed but the address and
// the nonce. Each answer is checked for sense. Arguments: address of the API, of the control
// endpoint, key, secret.
import assert from "node:assert/strict";
import ccxt from "ccxt";

const [api, control, apiKey, secret] = process.argv.slice(2);
const kraken = new ccxt.kraken({ apiKey, secret, enableRateLimit: false });
kraken.urls.api.public = api;
kraken.urls.api.private = api;
// Its own are milliseconds, and the emulator answers two calls within one.
let nonce = Date.now();
kraken.nonce = () => ++nonce;
const symbol = "BTC/USD";

async function drive(method, body) {
    const reply = await fetch(`${control}/${method}`, { method: "POST", body: JSON.stringify(body) });
    assert.equal(reply.status, 200, method);
    return reply.json();
}

// Each step is a second later than the one before.
async function step(name, check) {
    await drive("time", { advance: "1s" });
    await check();
    console.log(`ok ${name}`);
}

function near(got, wanted) {
    assert.ok(Math.abs(got - wanted) <= Math.abs(wanted) * 1e-9, `${got} is not about ${wanted}`);
}

// Nobody else trades but by the control endpoint. The market begins at 50,000.0.
await drive("trade", { pair: "XBTUSD", price: "50000", quantity: "1" });

await step("loadMarkets", async () => {
    const markets = await kraken.loadMarkets();
    const market = markets[symbol];
    assert.equal(market.id, "XXBTZUSD");
    assert.equal(market.info.base, "XXBT");
    assert.equal(market.precision.price, 0.1);
    assert.equal(market.limits.amount.min, 0.00005);
    assert.equal(market.taker, 0.004);
    assert.ok(markets["DOGE/USD"], "XDG is DOGE");
    assert.equal(kraken.currencies.BTC.precision, 1e-10);
});

await step("fetchTime and fetchStatus", async () => {
    assert.equal(await kraken.fetchTime(), Date.parse((await drive("time", {})).now));
    assert.equal((await kraken.fetchStatus()).status, "ok");
});

await step("fetchTicker", async () => {
    const ticker = await kraken.fetchTicker(symbol);
    assert.equal(ticker.symbol, symbol);
    assert.equal(ticker.last, 50000);
    assert.ok(ticker.bid < 50000 && ticker.ask > 50000);
    assert.ok(ticker.low <= 50000 && ticker.high >= 50000 && ticker.baseVolume > 0);
    assert.ok(Object.keys(await kraken.fetchTickers()).length >= 10);
});

await step("fetchOrderBook", async () => {
    const book = await kraken.fetchOrderBook(symbol, 20);
    assert.equal(book.bids.length, 20);
    assert.equal(book.asks.length, 20);
    assert.ok(book.bids[0][0] < book.asks[0][0]);
    assert.ok(book.bids[0][0] > book.bids[1][0] && book.asks[0][0] < book.asks[1][0]);
});

await step("fetchOHLCV", async () => {
    const rows = await kraken.fetchOHLCV(symbol, "1m");
    assert.equal(rows.length, 720);
    rows.forEach(([time, open, high, low, close], i) => {
        assert.equal(time % 60000, 0);
        if (i > 0) assert.equal(time - rows[i - 1][0], 60000);
        assert.ok(high >= Math.max(open, close) && low <= Math.min(open, close));
    });
    assert.equal(rows.at(-1)[4], 50000);
});

await step("fetchTrades", async () => {
    const trades = await kraken.fetchTrades(symbol, undefined, 100);
    assert.equal(trades.length, 100);
    assert.equal(trades.at(-1).price, 50000);
    assert.ok(trades.every((each, i) => i === 0 || each.timestamp >= trades[i - 1].timestamp));
});

await step("fetchBalance", async () => {
    const balance = await kraken.fetchBalance();
    assert.deepEqual([balance.USD.total, balance.USD.used], [100000, 0]);
    assert.equal(balance.BTC.free, 2);
});

const limit = await kraken.createOrder(symbol, "limit", "buy", 0.1, 49000, {
    clientOrderId: "ccxt-1",
    postOnly: true,
});

await step("createOrder: a limit order rests and holds its money", async () => {
    assert.match(limit.id, /^O[A-Z2-7]{5}-[A-Z2-7]{5}-[A-Z2-7]{6}$/);
    const balance = await kraken.fetchBalance();
    near(balance.USD.used, 4900 * 1.004);
});

await step("fetchOpenOrders and fetchOrder", async () => {
    const open = await kraken.fetchOpenOrders(symbol);
    assert.equal(open.length, 1);
    const order = await kraken.fetchOrder(limit.id);
    for (const each of [open[0], order]) {
        assert.equal(each.id, limit.id);
        assert.equal(each.symbol, symbol);
        assert.deepEqual([each.status, each.type, each.side], ["open", "limit", "buy"]);
        assert.deepEqual([each.price, each.amount, each.filled], [49000, 0.1, 0]);
        assert.equal(each.clientOrderId, "ccxt-1");
    }
    assert.equal((await kraken.fetchOpenOrders(symbol, undefined, undefined, {
        clientOrderId: "nobody",
    })).length, 0);
});

await step("the same client id is refused while the order is open", async () => {
    await assert.rejects(
        kraken.createOrder(symbol, "limit", "buy", 0.1, 49000, { clientOrderId: "ccxt-1" }),
        /Duplicate order/);
});

await step("a partial fill, then cancelOrder", async () => {
    await drive("trade", { pair: "XBTUSD", price: "49000", quantity: "0.04" });
    const before = await kraken.fetchOrder(limit.id);
    assert.deepEqual([before.status, before.filled, before.remaining], ["open", 0.04, 0.06]);
    await kraken.cancelOrder(limit.id);
    const after = await kraken.fetchOrder(limit.id);
    assert.deepEqual([after.status, after.filled], ["canceled", 0.04]);
    near(after.fee.cost, 1960 * 0.0025);
    assert.equal((await kraken.fetchOpenOrders()).length, 0);
    await assert.rejects(kraken.cancelOrder(limit.id), ccxt.OrderNotFound);
});

await drive("time", { advance: "1s" });
const market = await kraken.createOrder(symbol, "market", "buy", 0.01);

await step("createOrder: a market order is filled at once", async () => {
    const order = await kraken.fetchOrder(market.id);
    assert.deepEqual([order.status, order.filled], ["closed", 0.01]);
    assert.ok(order.average > 49000 && order.average < 49100);
    near(order.cost, order.average * 0.01);
    assert.ok(Math.abs(order.fee.cost - order.cost * 0.004) < 0.0002);
});

await step("fetchClosedOrders", async () => {
    const closed = await kraken.fetchClosedOrders(symbol);
    assert.deepEqual(closed.map((each) => each.id).sort(), [limit.id, market.id].sort());
});

await step("fetchMyTrades", async () => {
    const trades = await kraken.fetchMyTrades(symbol);
    const [maker] = trades.filter((each) => each.order === limit.id);
    const [taker] = trades.filter((each) => each.order === market.id);
    assert.equal(trades.length, 2);
    assert.deepEqual([maker.amount, maker.price, maker.side], [0.04, 49000, "buy"]);
    assert.equal(maker.takerOrMaker, "maker");
    assert.equal(taker.takerOrMaker, "taker");
    near(maker.fee.cost, 4.9);
    assert.equal(maker.fee.currency, "USD");
});

await step("money adds up over all of it", async () => {
    const balance = await kraken.fetchBalance();
    const spent = (await kraken.fetchMyTrades(symbol))
        .reduce((sum, each) => sum + each.cost + each.fee.cost, 0);
    near(balance.BTC.total, 2.05);
    near(balance.USD.total, 100000 - spent);
    assert.equal(balance.USD.used, 0);
    const ledger = await kraken.fetchLedger("USD");
    near(ledger.at(-1).after, balance.USD.total);
});

await step("stop-loss orders wait for their price", async () => {
    const stop = await kraken.createOrder(symbol, "market", "sell", 0.05, undefined, {
        stopLossPrice: 48000,
    });
    assert.equal((await kraken.fetchOrder(stop.id)).status, "open");
    await drive("trade", { pair: "XBTUSD", price: "48000", quantity: "1" });
    const order = await kraken.fetchOrder(stop.id);
    assert.deepEqual([order.status, order.filled], ["closed", 0.05]);
});

await step("createOrders and cancelAllOrders", async () => {
    const made = await kraken.createOrders([40000, 41000].map((price) => (
        { symbol, type: "limit", side: "buy", amount: 0.01, price })));
    assert.equal(made.length, 2);
    await kraken.cancelAllOrders();
    assert.equal((await kraken.fetchOpenOrders()).length, 0);
});

await step("trading fees", async () => {
    const fee = await kraken.fetchTradingFee(symbol);
    assert.deepEqual([fee.maker, fee.taker], [0.0025, 0.004]);
});

await step("refusals become the errors of the library", async () => {
    await assert.rejects(kraken.createOrder(symbol, "limit", "buy", 100, 40000),
        ccxt.InsufficientFunds);
    const stranger = new ccxt.kraken({ apiKey, secret: "d3Jvbmc=" });
    stranger.urls.api.public = stranger.urls.api.private = api;
    await assert.rejects(stranger.fetchBalance(), /Invalid signature/);
    await drive("status", { status: "maintenance" });
    assert.equal((await kraken.fetchStatus()).status, "maintenance");
});
