#include "tests/unit/cli/top_document.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <string>

namespace vault::test {
namespace {

namespace json = boost::json;

constexpr const char* kHead = R"({
 "version":"0.1.0","instance_id":"i1","pid":42,"now":"2026-11-25T07:38:01.000Z",
 "uptime_ms":100000,"calls":250,
 "batch":{"last":812,"durable":810,"lag":2,"commits":400,"reloads":0},
 "store":{"writable":true,"disk_used_pct":41,"alert":false,"buys_stopped":false,
          "full_check_done":true,"full_check_failed":false,"message":""},
 "state":"running",)";

constexpr const char* kEmpty = R"(
 "counts":{"users":0,"accounts":0,"vaults":0,"sleeves":0,"open_positions":0,"live_orders":0,
           "unresolved_orders":0,"paused_sleeves":0,"attention":0,"running_replays":0,"entries":0},
 "activity":{"ticks":0,"evaluations":0},"pauses":[],
 "matched":{"vaults":0,"sleeves":0,"positions":0,"orders":0,"alerts":0},
 "vaults":[],"sleeves":[],"positions":[],"orders":[],"decisions":[],"alerts":[]})";

constexpr const char* kFull = R"(
 "counts":{"users":2,"accounts":3,"vaults":4,"sleeves":8,"open_positions":2,"live_orders":1,
           "unresolved_orders":0,"paused_sleeves":2,"attention":1,"running_replays":1,
           "entries":1234},
 "activity":{"ticks":12345,"evaluations":98760},"pauses":[],
 "matched":{"vaults":4,"sleeves":6,"positions":2,"orders":1,"alerts":3},
 "vaults":[
  {"id":"v1","user":"alice","account":"a1","asset":"USDT","mode":"paper","state":"paused",
   "attention":"","alerts":0,"total":"939050.88","tradeable":"704483.881","equity":"939050.88",
   "today":"0","unrealised":"0","realised":"-295516.11","now":"2024-01-25T00:00:00.000Z"},
  {"id":"v2","user":"bob","account":"a2","asset":"USDT","mode":"paper","state":"running",
   "attention":"","alerts":1,"total":"9692.285341144","tradeable":"7692.285341144",
   "equity":"9708.820623704","today":"-103.635056248","unrealised":"16.53528256",
   "realised":"-307.714658856","now":"2024-01-02T09:00:00.000Z"},
  {"id":"v3","user":"bob","account":"a2","asset":"BTC","mode":"paper","state":"running",
   "attention":"","alerts":0,"total":"0.01234567","tradeable":"0.01","equity":"0.01234567",
   "today":"0.00012345","unrealised":"0","realised":"0.00012345",
   "now":"2024-01-02T09:00:00.000Z"},
  {"id":"v10","user":"alice","account":"a3","asset":"EUR","mode":"paper","state":"running",
   "attention":"","alerts":0,"total":"100","tradeable":"0","equity":"100","today":"0",
   "unrealised":"0","realised":"0","now":null}],
 "sleeves":[
  {"vault":"v1","sleeve":"quiet","user":"alice","asset":"USDT","state":"paused",
   "idle_reason":"","cash":"328090.19","locked":"0","pending":"0","positions_cost":"0",
   "balance":"328090.19","equity":"328090.19","today":"0","unrealised":"0",
   "realised":"-17588.70","cycles":92,"preset":"quiet","last_fill_at":"2024-01-24T21:40:15.000Z"},
  {"vault":"v1","sleeve":"flash","user":"alice","asset":"USDT","state":"paused",
   "idle_reason":"","cash":"178544.81","locked":"0","pending":"0","positions_cost":"0",
   "balance":"178544.81","equity":"178544.81","today":"0","unrealised":"0",
   "realised":"-277927.41","cycles":310,"preset":"flash","last_fill_at":null},
  {"vault":"v2","sleeve":"quiet","user":"bob","asset":"USDT","state":"needs_attention",
   "idle_reason":"0.5 ETH are missing on the exchange after a trade or a )"
                              R"(withdrawal by hand; decide: vaultctl position resolve v2 )"
                              R"(quiet --as sold|withdrawn|kept",
   "cash":"11.592618148","locked":"0","pending":"0","positions_cost":"2834.496255",
   "balance":"2846.088873148","equity":"2854.359219808","today":"-51.835887976",
   "unrealised":"8.27034666","realised":"-153.911126852","cycles":5,"preset":"flash",
   "last_fill_at":"2024-01-02T06:34:15.000Z"},
  {"vault":"v2","sleeve":"flash","user":"bob","asset":"USDT","state":"buying",
   "idle_reason":"","cash":"11.473638976","locked":"500","pending":"0",
   "positions_cost":"2832.641825","balance":"2844.115463976","equity":"2852.380399876",
   "today":"-51.799168272","unrealised":"8.2649359","realised":"-153.803532004","cycles":5,
   "preset":"flash","last_fill_at":"2024-01-02T06:34:15.000Z"},
  {"vault":"v10","sleeve":"quiet","user":"alice","asset":"EUR","state":"idle",
   "idle_reason":"tradeable is 0","cash":"0","locked":"0","pending":"0","positions_cost":"0",
   "balance":"0","equity":"0","today":"0","unrealised":"0","realised":"0","cycles":0,
   "preset":"quiet","last_fill_at":null},
  {"vault":"v10","sleeve":"flash","user":"alice","asset":"EUR","state":"idle",
   "idle_reason":"tradeable is 0","cash":"0","locked":"0","pending":"0","positions_cost":"0",
   "balance":"0","equity":"0","today":"0","unrealised":"0","realised":"0","cycles":0,
   "preset":"flash","last_fill_at":null}],
 "positions":[
  {"vault":"v2","sleeve":"quiet","pair":"ETH/USDT","state":"needs_attention","quantity":"1.5285",
   "held":"0","cost":"2834.496255","average_price":"1854.43","price":"1867.31",
   "price_stale":false,"value":"2842.76660166","unrealised":"8.27034666",
   "opened_at":"2024-01-02T06:34:15.000Z"},
  {"vault":"v2","sleeve":"flash","pair":"ETH/USDT","state":"open","quantity":"1.5275",
   "held":"0","cost":"2832.641825","average_price":"1854.43","price":null,"price_stale":true,
   "value":"2832.641825","unrealised":"0","opened_at":"2024-01-02T06:34:15.000Z"}],
 "orders":[
  {"id":"v2.flash.6","vault":"v2","sleeve":"flash","pair":"ETH/USDT","side":"buy",
   "state":"partial","reason":"spike","requested":"500","filled_quantity":"0.1",
   "filled_cost":"186.7","fee":"0.7468","decided_at":"2024-01-02T08:59:45.000Z"}],
 "decisions":[
  {"vault":"v2","sleeve":"quiet","pair":"ETH/USDT","check":"buy","action":"buy",
   "reason":"bounce","repeats":0},
  {"vault":"v2","sleeve":"quiet","pair":"ETH/USDT","check":"sell","action":"hold",
   "reason":"no_signal","repeats":382}],
 "alerts":[
  {"severity":"critical","kind":"needs_attention","object":"v2.quiet",
   "message":"0.5 ETH are missing on the exchange after a trade or a )"
                              R"(withdrawal by hand; decide: vaultctl position resolve v2 )"
                              R"(quiet --as sold|withdrawn|kept",
   "since":null},
  {"severity":"warning","kind":"paused","object":"v1","message":"paused by uid:0: news day",
   "since":"2024-01-25T00:00:00.000Z"},
  {"severity":"warning","kind":"paused","object":"alice","message":"paused by uid:0: holiday",
   "since":"2024-01-24T10:00:00.000Z"}]})";

json::object parsed(const char* rest) {
    return json::parse(std::string(kHead) + rest).as_object();
}

}  // namespace

json::object top_document(int more) {
    json::object document = parsed(kFull);
    json::array& vaults = document.at("vaults").as_array();
    const json::object like = vaults.back().as_object();
    for (int i = 0; i < more; ++i) {
        json::object vault = like;
        vault["id"] = "v" + std::to_string(11 + i);
        vault["user"] = "somebody_with_a_very_long_name_" + std::to_string(i % 7);
        vault["equity"] = std::to_string(i * 37 % 1000) + ".5";
        vaults.push_back(std::move(vault));
    }
    document.at("matched").as_object()["vaults"] = vaults.size();
    return document;
}

json::object empty_top_document() {
    return parsed(kEmpty);
}

}  // namespace vault::test
