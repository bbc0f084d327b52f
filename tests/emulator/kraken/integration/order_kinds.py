"""Orders by raw requests: EditOrder, scheduled starts, icebergs, closes, and the engine's counter on the socket."""

import sys
from decimal import Decimal

from emulator_client import Emulator, Socket, check, expect


def own_socket(emulator, **params):
    token = emulator.result("GetWebSocketsToken")["token"]
    own = Socket(emulator, "/auth/v2")
    own.message()
    own.send(method="subscribe", params={"channel": "executions", "token": token, **params})
    ack = own.message()
    check(ack["success"], ack)
    own.message()
    return own, ack["result"], token


def limit(emulator, price, **more):
    form = {"pair": "XBTUSD", "type": "buy", "ordertype": "limit", "volume": "0.1", "price": price, **more}
    return emulator.result("AddOrder", **form)["txid"][0]


def edits_cancel_and_replace(emulator):
    old = limit(emulator, "60000.0", userref=7, oflags="post")
    asked = {"txid": old, "pair": "XBTUSD", "volume": "0.2", "price": "61000.0"}
    dry = emulator.result("EditOrder", **asked, validate="true")
    check("txid" not in dry and dry["originaltxid"] == old, dry)
    reply = emulator.result("EditOrder", **asked)
    new = reply.pop("txid")
    expect(reply, {"status": "ok", "originaltxid": old, "volume": "0.20000000", "price": "61000.0",
                   "orders_cancelled": 1, "descr": {"order": "buy 0.20000000 XBTUSD @ limit 61000.0"}}, "EditOrder")
    orders = emulator.result("QueryOrders", txid=f"{old},{new}")
    expect((orders[old]["status"], orders[old]["reason"]), ("canceled", "Order replaced"), "the old order")
    expect((orders[new]["status"], orders[new]["refid"], orders[new]["userref"], orders[new]["oflags"]),
           ("open", old, 7, "fciq"), "the new order")
    percent = emulator.result("EditOrder", txid=new, pair="XXBTZUSD", price="-10%", userref=8)
    check(Decimal(percent["price"]) < 62_000, percent)
    for wanted, form in (("EOrder:Unknown order", {"txid": old}), ("EGeneral:Invalid arguments:txid", {}),
                         ("EQuery:Unknown asset pair", {"txid": old, "pair": "NOPE"}),
                         ("EGeneral:Invalid arguments:pair", {"txid": percent["txid"], "pair": "ETHUSD"}),
                         ("EGeneral:Invalid arguments:cl_ord_id", {"txid": percent["txid"], "cl_ord_id": "x"}),
                         ("EGeneral:Invalid arguments:price2", {"txid": percent["txid"], "price2": "1"}),
                         ("EOrder:Tick size check failed", {"txid": percent["txid"], "price": "1000.01"})):
        expect(emulator.call("EditOrder", **{"pair": "XBTUSD", **form})["error"], [wanted], form)
    expect(list(emulator.result("OpenOrders")["open"]), [percent["txid"]], "open orders")
    emulator.result("CancelAll")


def counts_are_told(emulator):
    emulator.control("time", advance="10m")  # what was counted before is gone
    silent, ack, _ = own_socket(emulator)
    expect(ack, {"channel": "executions", "maxratecount": 180, "snap_orders": True, "snap_trades": False}, "the ack")
    own, ack, _ = own_socket(emulator, ratecounter=True)
    expect((ack["maxratecount"], ack["ratecounter"]), (180, True), "the ack")
    txid = limit(emulator, "60000.0")
    expect([own.message()["data"][0]["ratecount"] for _ in range(2)], [1, 1], "adding")
    other = emulator.result("AddOrder", pair="ETHUSD", type="buy", ordertype="limit", volume="0.1", price="1000.00")
    expect(own.message()["data"][0]["ratecount"], 1, "a pair has its own counter")
    own.message()
    emulator.result("CancelOrder", txid=txid)
    told = own.message()["data"][0]
    expect((told["exec_type"], told["ratecount"]), ("canceled", 9), "canceling at once: 1 + 8")
    emulator.control("time", advance="2s")
    emulator.result("CancelOrder", txid=other["txid"][0])
    own.until(lambda message: message.get("channel") == "executions" and message["data"][0]["exec_type"] == "canceled")
    for _ in range(6):
        message = silent.until(lambda message: message.get("channel") == "executions")
        check("ratecount" not in message["data"][0], message)
    silent.close()
    own.close()


def scheduled_orders_wait(emulator):
    own, _, token = own_socket(emulator)
    txid = limit(emulator, "60000.0", starttm="+10")
    pending = own.message()["data"][0]
    check(pending["exec_type"] == "pending_new" and "effective_time" in pending, pending)
    order = emulator.result("OpenOrders")["open"][txid]
    expect((order["status"], order["starttm"] > order["opentm"]), ("pending", True), "the order")
    emulator.control("time", advance="11s")
    told = own.until(lambda message: message.get("channel") == "executions")["data"][0]
    expect((told["order_id"], told["exec_type"]), (txid, "new"), "its start")
    expect(emulator.result("OpenOrders")["open"][txid]["status"], "open", "the order")
    emulator.result("CancelAll")
    own.close()


def fills_are_closed(emulator):
    own, _, token = own_socket(emulator)
    reply = emulator.result("AddOrder", **{"pair": "XBTUSD", "type": "buy", "ordertype": "limit", "volume": "0.1",
                                           "price": "60000.0", "close[ordertype]": "stop-loss-limit",
                                           "close[price]": "50000.0", "close[price2]": "49000.0"})
    wanted = "close position @ stop loss 50000.0 -> limit 49000.0"
    expect(reply["descr"]["close"], wanted, "AddOrder")
    txid = reply["txid"][0]
    expect(emulator.result("OpenOrders")["open"][txid]["descr"]["close"], wanted, "the order")
    expect(own.message()["data"][0]["contingent"],
           {"order_type": "stop-loss-limit", "trigger_price": 50000.0, "trigger_price_type": "static",
            "limit_price": 49000.0, "limit_price_type": "static"}, "the order on the socket")
    emulator.control("trade", pair="XBTUSD", price="60000.0", quantity="1")
    told = own.until(lambda message: message.get("channel") == "executions" and
                     message["data"][0]["exec_type"] == "pending_new")["data"][0]
    expect((told["side"], told["order_type"], told["order_qty"], told["ord_ref_id"]),
           ("sell", "stop-loss-limit", 0.1, txid), "what closes it")
    expect(emulator.result("OpenOrders")["open"][told["order_id"]]["refid"], txid, "what closes it")
    own.send(method="add_order", params={
        "order_type": "limit", "side": "buy", "symbol": "BTC/USD", "order_qty": 0.1, "limit_price": 50000.0,
        "conditional": {"order_type": "limit", "limit_price": 70000.0}, "token": token})
    pending = own.until(lambda message: message.get("channel") == "executions" and
                        message["data"][0]["exec_type"] == "pending_new")["data"][0]
    expect(pending["contingent"], {"order_type": "limit", "limit_price": 70000.0, "limit_price_type": "static"},
           "a close by socket")
    emulator.result("CancelAll")
    own.close()


def icebergs_show_slices(emulator):
    price = f"{Decimal(emulator.control('state')['prices']['XXBTZUSD']):.1f}"
    own, _, token = own_socket(emulator)
    own.send(method="add_order", params={"order_type": "iceberg", "side": "buy", "symbol": "BTC/USD", "order_qty": 0.1,
                                         "display_qty": 0.04, "limit_price": float(price), "token": token})
    pending = own.until(lambda message: message.get("channel") == "executions")["data"][0]
    expect((pending["order_type"], pending["display_qty"]), ("iceberg", 0.04), "the order")
    order = emulator.result("OpenOrders")["open"][pending["order_id"]]
    expect((order["descr"]["ordertype"], order["vol"]), ("iceberg", "0.10000000"), "the order")
    connection = emulator.connection()
    connection.request("GET", "/0/public/Depth?pair=XBTUSD&count=1")
    check(b'"0.040"' in connection.getresponse().read(), "what the book shows")
    connection.close()
    emulator.control("trade", pair="XBTUSD", price=price, quantity="0.05")
    refill = own.until(lambda message: message.get("channel") == "executions" and
                       message["data"][0]["exec_type"] == "iceberg_refill")["data"][0]
    expect((refill["order_id"], refill["display_qty_remain"]), (pending["order_id"], 0.04), "the refill")
    emulator.result("CancelAll")
    for form in ({"ordertype": "iceberg"}, {"ordertype": "iceberg", "displayvol": "0.001"},
                 {"ordertype": "limit", "displayvol": "0.05"}):
        reply = emulator.call("AddOrder", pair="XBTUSD", type="buy", volume="0.1", price=price, **form)
        expect(reply["error"], ["EGeneral:Invalid arguments:displayvol"], form)
    own.close()


def main():
    with Emulator(sys.argv[1]) as emulator:
        edits_cancel_and_replace(emulator)
        counts_are_told(emulator)
        scheduled_orders_wait(emulator)
        icebergs_show_slices(emulator)
        fills_are_closed(emulator)


if __name__ == "__main__":
    main()
