#include "common/base/hash.hpp"
#include "tests/emulator/kraken/exchange/order_rules.hpp"
#include "tests/emulator/kraken/rest/order_params.hpp"
#include "tests/emulator/kraken/rest/signature.hpp"
#include "tests/emulator/kraken/wire/number_text.hpp"
#include "tests/emulator/kraken/world/control.hpp"
#include "tests/emulator/kraken/world/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace vault::kraken_emulator {
namespace {

Error wrong(std::string_view field, std::string_view is, std::string hint) {
    return Error{Errc::InvalidParams, fmt::format("{} {}", field, is), std::string{field},
                 std::move(hint)};
}

Result<std::string> need_text(const ControlCall& call, std::string_view field) {
    const auto given = call.params.text(field);
    if (!given) return wrong(field, "is missing", "give it as a string");
    return *given;
}

Result<std::optional<Decimal>> asked_amount(const ControlCall& call, std::string_view field) {
    const auto given = call.params.decimal(field);
    if (!given || (given.value() && given.value()->abs() > kAmountMax))
        return wrong(field, "is no amount", R"(a decimal as a string, at most 10^12: "0.5")");
    return given.value();
}

Result<Decimal> need_amount(const ControlCall& call, std::string_view field) {
    VAULT_TRY(const auto given, asked_amount(call, field));
    if (!given) return wrong(field, "is missing", R"(a decimal as a string: "0.5")");
    return *given;
}

Result<std::optional<Span>> asked_span(const ControlCall& call, std::string_view field) {
    const auto given = call.params.text(field);
    if (!given) return std::optional<Span>{};
    VAULT_TRY(const Duration span, parse_duration(*given));
    if (span > std::chrono::duration_cast<Duration>(Span::max()))
        return wrong(field, "is too long", "at most 292 years");
    return std::optional<Span>{span};
}

Result<PairNo> need_pair(const ControlCall& call) {
    VAULT_TRY(const std::string name, need_text(call, "pair"));
    const auto found = call.world.exchange().instruments().find_pair(name);
    if (!found) return wrong("pair", "is not listed", "as in AssetPairs: \"XBTUSD\"");
    return *found;
}

std::optional<AccountNo> find_account(const Exchange& exchange, std::string_view name) {
    for (AccountNo no = 0; no < exchange.accounts(); ++no)
        if (exchange.account(no).name() == name) return no;
    return std::nullopt;
}

Result<AccountNo> need_account(const ControlCall& call) {
    VAULT_TRY(const std::string name, need_text(call, "account"));
    const auto found = find_account(call.world.exchange(), name);
    if (!found) return wrong("account", "is not there", "open it with POST /account");
    return *found;
}

Result<std::string> done() {
    return std::string{"{}"};
}

// ---- time, prices, status

// "-30s": how far the exchange's clock is ahead.
Result<std::optional<Span>> asked_skew(const ControlCall& call) {
    const std::string text = call.params.text("skew").value_or("");
    if (text.empty()) return std::optional<Span>{};
    const bool behind = text.front() == '-';
    const auto span = parse_duration(std::string_view{text}.substr(behind ? 1 : 0));
    if (!span) return wrong("skew", "is no duration", R"("-30s", "0": it is right)");
    return std::optional<Span>{behind ? -span.value() : span.value()};
}

// Each step of a walk is made, all of them before anything else is heard. A recording is as long as
// it is, and where nothing moves a skip costs nothing.
Result<std::optional<Span>> asked_advance(const ControlCall& call) {
    constexpr Span kMostOfWalks = std::chrono::days{1};
    VAULT_TRY(const auto span, asked_span(call, "advance"));
    if (!span) return span;
    if (*span > Moment::max() - std::max(call.world.exchange().now(), Moment{}) - kMostOfWalks)
        return wrong("advance", "goes past the end of time", "which is in the year 2262");
    bool walks = false;
    for (PairNo no = 0; no < call.world.exchange().instruments().pairs().size(); ++no) {
        const auto market = call.world.market_state(no);
        walks |= market && market->kind == "synthetic";
    }
    if (walks && *span > kMostOfWalks)
        return wrong("advance", "is more than a day, while prices walk",
                     "at most 1d in one go; the program with --market none has no such limit");
    return span;
}

// {"scale":"60","advance":"5m","skew":"-30s"}; some, or none to ask.
Result<std::string> time_method(const ControlCall& call) {
    VAULT_TRY(const auto scale, asked_amount(call, "scale"));
    VAULT_TRY(const auto span, asked_advance(call));
    VAULT_TRY(const auto skew, asked_skew(call));
    Pace& pace = call.world.pace();
    if (scale) {
        const Decimal most = Decimal::from_int(Pace::kScaleMost / 1'000);
        if (scale->is_negative() || *scale > most)
            return wrong("scale", "is out of range", "0 (stands still) to 1000");
        const auto thousandths = scale->raw() / (Decimal::kOne / 1'000);
        pace.set_scale(static_cast<std::int64_t>(thousandths), call.wall);
    }
    if (skew) call.world.exchange().set_skew(*skew);
    if (span) {
        pace.skip(*span, call.wall);
        call.world.advance(call.wall);
    }
    JsonWriter json;
    const Exchange& exchange = call.world.exchange();
    json.begin_object().member("now", rfc3339(exchange.now(), 9));
    json.member("clock", rfc3339(exchange.clock(), 9));
    const Decimal now =
        div(Decimal::from_int(pace.scale()), Decimal::from_int(1'000), Rounding::Down).value();
    return json.member("scale", now.text()).end_object().take();
}

// {"pair":"XBTUSD","price":"50000","quantity":"1","side":"sell"}: others trade, which moves the
// market.
Result<std::string> trade_method(const ControlCall& call) {
    VAULT_TRY(const PairNo no, need_pair(call));
    VAULT_TRY(const Decimal price, need_amount(call, "price"));
    VAULT_TRY(const auto asked, asked_amount(call, "quantity"));
    const auto side = parse_side(call.params.text("side").value_or("sell"));
    if (!side) return wrong("side", "is neither buy nor sell", "that of the taker: buy or sell");
    const PairInfo& pair = call.world.exchange().instruments().pair(no);
    const Decimal quantity = asked.value_or(pair.order_min);
    const bool on_grid = price == round_step(price, pair.tick, Rounding::Down);
    if (!price.is_positive() || !on_grid)
        return wrong("price", "is not a multiple of the tick", "the tick is " + pair.tick.text());
    if (!quantity.is_positive() || quantity != round_step(quantity, pair.lot(), Rounding::Down))
        return wrong("quantity", "is not a number of lots", "the lot is " + pair.lot().text());
    const auto cost = mul(price, quantity, Rounding::Down);
    if (!cost || cost.value() > kAmountMax)
        return wrong("quantity", "is too large", "price times quantity is at most 10^12");
    call.world.trade(no, side.value(), price, quantity);
    return done();
}

// {"pair":"ETHUSD","file":"eth.csv.gz","from":"2024-07-01T00:00:00Z"}: from now on that recording
// is the pair's market. Answers when its first row comes.
Result<std::string> replay_method(const ControlCall& call) {
    VAULT_TRY(const PairNo no, need_pair(call));
    VAULT_TRY(const std::string file, need_text(call, "file"));
    const auto from = call.params.rfc3339("from");
    if (!from) return wrong("from", "is no time", "as 2024-07-01T00:00:00Z");
    const Instruments& listed = call.world.exchange().instruments();
    VAULT_TRY(const auto planned, plan_replay(listed, listed.pair(no).key, file, from.value()));
    JsonWriter json;
    json.begin_object().member("begins", rfc3339(call.world.replay(planned), 9));
    return json.key("rows").number(planned.recording->rows() - planned.row).end_object().take();
}

// {"status":"cancel_only"}
Result<std::string> status_method(const ControlCall& call) {
    const auto status = parse_system_status(call.params.text("status").value_or(""));
    if (!status) return wrong("status", "is none", "online, maintenance, cancel_only or post_only");
    call.world.exchange().set_status(*status);
    return done();
}

// {"pair":"XBTUSD","status":"delisted","order_min":"0.1"}
Result<std::string> pair_method(const ControlCall& call) {
    VAULT_TRY(const PairNo no, need_pair(call));
    const PairInfo& pair = call.world.exchange().instruments().pair(no);
    const auto status =
        parse_pair_status(call.params.text("status").value_or(std::string{to_text(pair.status)}));
    if (!status)
        return wrong("status", "is none of a pair",
                     "online, cancel_only, post_only, limit_only, reduce_only or delisted");
    VAULT_TRY(const auto order_min, asked_amount(call, "order_min"));
    if (order_min && !order_min->is_positive())
        return wrong("order_min", "is not above 0", "base units");
    call.world.exchange().set_listing(no, *status, order_min.value_or(pair.order_min));
    return done();
}

// {"read_lag":"2s"}: how old what clients read is.
Result<std::string> reads_method(const ControlCall& call) {
    VAULT_TRY(const auto lag, asked_span(call, "read_lag"));
    if (!lag) return wrong("read_lag", "is missing", "a duration: \"2s\"");
    call.world.exchange().set_read_lag(*lag);
    return done();
}

// ---- accounts and keys

// {"account":"alice","tier":"pro","earlier_volume":"60000"}
Result<std::string> account_method(const ControlCall& call) {
    constexpr std::array<std::string_view, 3> kTiers{"starter", "intermediate", "pro"};
    Exchange& exchange = call.world.exchange();
    VAULT_TRY(const std::string name, need_text(call, "account"));
    if (find_account(exchange, name))
        return Error{Errc::Exists, "account " + name + " is there already", "account",
                     "choose another name"};
    const std::string tier = call.params.text("tier").value_or("intermediate");
    const auto* at = std::find(kTiers.begin(), kTiers.end(), tier);
    if (at == kTiers.end()) return wrong("tier", "is none", "starter, intermediate or pro");
    VAULT_TRY(const auto volume, asked_amount(call, "earlier_volume"));
    const AccountNo no = exchange.open_account(name, static_cast<Tier>(at - kTiers.begin()));
    exchange.set_earlier_volume(no, volume.value_or(kZero));
    return done();
}

// {"account":"alice","asset":"ZUSD","amount":"-5","type":"withdrawal"}; also of assets that are not
// listed, such as "ETH.F".
Result<std::string> transfer_method(const ControlCall& call) {
    VAULT_TRY(const AccountNo account, need_account(call));
    VAULT_TRY(const std::string name, need_text(call, "asset"));
    VAULT_TRY(const Decimal amount, need_amount(call, "amount"));
    const auto asset = Asset::parse(name);
    if (!asset) return wrong("asset", "is no name of an asset", "an id as in Balance: \"ZUSD\"");
    const std::string_view usual = amount.is_negative() ? "withdrawal" : "deposit";
    call.world.exchange().transfer(account, asset.value(), amount,
                                   call.params.text("type").value_or(std::string{usual}),
                                   call.params.text("subtype").value_or(""));
    return done();
}

// As long as Kraken's, and the same for the same seed and name.
std::string made_bytes(std::uint64_t seed, std::string_view purpose, std::string_view name) {
    std::string out;
    for (const int part : {1, 2}) {
        const Digest digest = sha256(fmt::format("{} {} {} {}", seed, purpose, name, part));
        for (const std::uint8_t byte : digest)
            out += static_cast<char>(byte);
    }
    return out;
}

Result<PermissionSet> asked_permissions(const ControlCall& call) {
    using enum Permission;
    const boost::json::array* given = call.params.array("permissions");
    if (given == nullptr)
        return PermissionSet{QueryFunds,   QueryOpenTrades, QueryClosedTrades, QueryLedger,
                             ModifyTrades, CloseTrades,     CreateWsToken};
    PermissionSet out;
    for (const boost::json::value& each : *given) {
        const auto permission =
            each.is_string() ? parse_permission(std::string_view{each.get_string()}) : std::nullopt;
        if (!permission)
            return wrong("permissions", "has one that is none", "as in GetApiKeyInfo: query-funds");
        out.add(*permission);
    }
    return out;
}

// {"name":"main","account":"alice","permissions":["query-funds"],"nonce_window":"0"}; answers key
// and secret. Without "permissions": all that a trader needs.
Result<std::string> key_method(const ControlCall& call) {
    ApiKey key;
    VAULT_TRY(key.name, need_text(call, "name"));
    if (call.world.keys().find_name(key.name) != nullptr)
        return Error{Errc::Exists, "key " + key.name + " is there already", "name",
                     "choose another name"};
    VAULT_TRY(key.account, need_account(call));
    VAULT_TRY(key.permissions, asked_permissions(call));
    const auto window = call.params.integer("nonce_window");
    if (!window || window.value().value_or(0) < 0)
        return wrong("nonce_window", "is no whole number", "0 or more");
    key.nonce_window = static_cast<std::uint64_t>(window.value().value_or(0));
    key.key = base64(made_bytes(call.world.seed(), "key", key.name).substr(0, 42));
    key.secret = base64(made_bytes(call.world.seed(), "secret", key.name));
    key.created = call.world.exchange().now();
    const ApiKey& made = call.world.keys().add(std::move(key));
    JsonWriter json;
    json.begin_object().member("key", made.key);
    return json.member("secret", made.secret).end_object().take();
}

// {"name":"main"}
Result<std::string> revoke_method(const ControlCall& call) {
    VAULT_TRY(const std::string name, need_text(call, "name"));
    ApiKey* key = call.world.keys().find_name(name);
    if (key == nullptr) return wrong("name", "is no key's", "as it was given to POST /key");
    key->revoked = true;
    return done();
}

constexpr std::string_view kOrderMembers =
    "account pair type ordertype volume displayvol price price2 trigger leverage reduce_only "
    "stptype oflags timeinforce starttm expiretm deadline userref cl_ord_id close";

// {"account":"alice","pair":…} and the rest as in AddOrder: a trade that its owner makes by hand.
Result<std::string> order_method(const ControlCall& call) {
    VAULT_TRY(const AccountNo account, need_account(call));
    Exchange& exchange = call.world.exchange();
    const auto terms = asked_terms(exchange, call.params, exchange.clock(), std::nullopt);
    const auto made = terms ? exchange.add(account, terms.value()) : terms.error();
    if (!made)
        return Error{Errc::InvalidParams, made.error().text, {}, "as AddOrder would take it"};
    JsonWriter json;
    json.begin_object().member("txid", exchange.order(made.value()).id);
    return json.end_object().take();
}

// ---- faults

Result<std::uint64_t> asked_count(const ControlCall& call, std::string_view field,
                                  std::uint64_t otherwise) {
    const auto given = call.params.integer(field);
    if (!given || given.value().value_or(0) < 0)
        return wrong(field, "is no whole number", "0 or more");
    return given.value() ? static_cast<std::uint64_t>(*given.value()) : otherwise;
}

// In parts per million.
Result<std::uint32_t> asked_chance(const ControlCall& call) {
    VAULT_TRY(const auto chance, asked_amount(call, "chance"));
    const Decimal of_one = chance.value_or(kOne);
    if (of_one.is_negative() || of_one > kOne)
        return wrong("chance", "is out of range", "from 0 to 1: \"0.25\"");
    return static_cast<std::uint32_t>(of_one.raw() / (Decimal::kOne / 1'000'000));
}

Result<Aim> asked_aim(const ControlCall& call) {
    Aim aim;
    aim.at = call.params.text("at").value_or("*");
    VAULT_TRY(aim.skip, asked_count(call, "skip", 0));
    VAULT_TRY(aim.times, asked_count(call, "times", aim.times));
    if (aim.times == 0) return wrong("times", "is 0", "1 or more; without it: for ever");
    VAULT_TRY(aim.per_million, asked_chance(call));
    return aim;
}

Result<Span> asked_delay(const ControlCall& call) {
    VAULT_TRY(const auto delay, asked_span(call, "delay"));
    return delay.value_or(std::chrono::seconds{1});
}

Result<Fault> asked_fault(const ControlCall& call) {
    Fault fault;
    VAULT_TRY(fault.aim, asked_aim(call));
    if (!is_request_name(fault.aim.at))
        return wrong("at", "is '" + fault.aim.at + "', which is no request's name",
                     "an endpoint or a method of order entry, as AddOrder or add_order; *: all");
    const auto landing = parse_landing(call.params.text("landing").value_or("yes"));
    if (!landing) return wrong("landing", "is none", "yes, never, half or later");
    const auto answered = parse_answered(call.params.text("answered").value_or("usual"));
    if (!answered)
        return wrong("answered", "is none",
                     "usual, timeout, reset, page, cut, gzip, refusal, late or doubled");
    const bool true_answer = *answered == Answered::Usual || *answered == Answered::Late ||
                             *answered == Answered::Doubled;
    if (*landing != Landing::Yes && true_answer)
        return wrong("answered", "cannot be the true one for what is not done at once",
                     "timeout, reset, page, cut, gzip or refusal");
    fault.landing = *landing;
    fault.answered = *answered;
    VAULT_TRY(const std::uint64_t status, asked_count(call, "status", fault.status));
    if (status < 200 || status > 599) return wrong("status", "is none of HTTP", "such as 502");
    fault.status = static_cast<unsigned>(status);
    fault.refusal = call.params.text("refusal").value_or(fault.refusal);
    VAULT_TRY(fault.delay, asked_delay(call));
    return fault;
}

Result<MessageFault> asked_message_fault(const ControlCall& call) {
    MessageFault fault;
    VAULT_TRY(fault.aim, asked_aim(call));
    if (!is_message_name(fault.aim.at))
        return wrong("at", "is '" + fault.aim.at + "', which is no message's name",
                     "a channel, or an execution, as book or executions/filled; *: all");
    const auto mishap = parse_mishap(call.params.text("mishap").value_or(""));
    if (!mishap) return wrong("mishap", "is none", "lost, doubled, late, swapped or disconnect");
    fault.mishap = *mishap;
    VAULT_TRY(fault.delay, asked_delay(call));
    return fault;
}

// A list of faults: all are checked before the first counts, and an empty one ends those in force.
template <class Plan, class Read>
Result<std::string> set_faults(const ControlCall& call, Plan& plan, std::string_view members,
                               Read read) {
    const boost::json::array* given = call.params.array("faults");
    if (given == nullptr) return wrong("faults", "is no list", "[{…}, …]; [] ends all");
    std::vector<typename decltype(read(call))::value_type> faults;
    for (const boost::json::value& each : *given) {
        if (!each.is_object()) return wrong("faults", "has one that is no object", "[{…}, …]");
        VAULT_TRYV(check_members(each.get_object(), members));
        const Params params = Params::from_object(each.get_object());
        VAULT_TRY(auto fault, read({call.world, params, call.wall}));
        faults.push_back(std::move(fault));
    }
    if (faults.empty()) plan.clear();
    for (auto& fault : faults)
        plan.add(std::move(fault));
    return done();
}

// {"faults":[{"at":"AddOrder","landing":"half","answered":"page","status":520,"times":1}, …]}
Result<std::string> faults_method(const ControlCall& call) {
    return set_faults(call, call.world.faults(),
                      "at landing answered status refusal delay skip times chance", asked_fault);
}

// {"faults":[{"at":"executions/filled","mishap":"lost","times":1}, …]}
Result<std::string> message_faults_method(const ControlCall& call) {
    return set_faults(call, call.world.message_faults(), "at mishap delay skip times chance",
                      asked_message_fault);
}

// An hour, counted in what the client's nonces seem to be. One of 2001 or later has that many
// digits in nanoseconds, microseconds or milliseconds; smaller numbers are a count, or none yet.
std::uint64_t hour_of(std::uint64_t nonce) {
    constexpr std::uint64_t kMillis = 3'600'000, k2001 = 1'000'000'000'000;
    if (nonce >= k2001 * 1'000'000) return kMillis * 1'000'000;
    if (nonce >= k2001 * 1'000) return kMillis * 1'000;
    return kMillis;
}

// {"name":"main"}: somebody else uses that key too, with a nonce an hour ahead of what it saw.
Result<std::string> foreign_nonce_method(const ControlCall& call) {
    VAULT_TRY(const std::string name, need_text(call, "name"));
    ApiKey* key = call.world.keys().find_name(name);
    if (key == nullptr) return wrong("name", "is no key's", "as it was given to POST /key");
    // What it never saw is of no unit, so that everybody is behind.
    const auto now =
        static_cast<std::uint64_t>(call.world.exchange().now().time_since_epoch().count());
    const std::uint64_t last = key->nonce == 0 ? now : key->nonce;
    key->nonce = last + std::min(hour_of(last), std::numeric_limits<std::uint64_t>::max() - last);
    return done();
}

// {"idle":"1m","connects":150,"public_calls":1,"messages":50,"concurrent":10}; zero: no limit.
Result<std::string> limits_method(const ControlCall& call) {
    constexpr std::uint64_t kMost = 1'000'000;
    SocketLimits sockets = call.world.sockets().limits();
    DoorLimits door = call.world.door().limits();
    VAULT_TRY(const auto idle, asked_span(call, "idle"));
    sockets.idle = idle.value_or(sockets.idle);
    const std::array<std::pair<std::string_view, std::int64_t*>, 4> counts{
        {{"connects", &door.connects},
         {"public_calls", &door.public_calls},
         {"concurrent", &door.concurrent},
         {"messages", &sockets.messages}}};
    for (const auto& [name, limit] : counts) {
        VAULT_TRY(const std::uint64_t count,
                  asked_count(call, name, static_cast<std::uint64_t>(*limit)));
        if (count > kMost) return wrong(name, "is too large", "at most 1000000; 0: no limit");
        *limit = static_cast<std::int64_t>(count);
    }
    call.world.sockets().set_limits(sockets);
    call.world.door().set_limits(door);
    return done();
}

// ---- what is the case

void write_market(JsonWriter& json, const SourceState& market) {
    json.begin_object().member("source", market.kind);
    if (!market.file.empty()) {
        json.member("file", market.file).key("rows").number(market.rows);
        json.key("done").number(market.done).key("rounded").number(market.rounded);
        json.flag("ended", market.ended);
    }
    json.end_object();
}

Result<std::string> state_method(const ControlCall& call) {
    const Exchange& exchange = call.world.exchange();
    JsonWriter json;
    json.begin_object().member("now", rfc3339(exchange.now(), 9));
    json.member("status", to_text(exchange.status())).key("accounts").begin_object();
    for (AccountNo no = 0; no < exchange.accounts(); ++no) {
        const Account& account = exchange.account(no);
        json.key(account.name()).begin_object().key("balances").begin_object();
        for (const auto& [asset, balance] : account.balances()) {
            json.key(asset.text()).begin_object().member("balance", balance.text());
            json.member("held", account.held(asset).text()).end_object();
        }
        json.end_object().key("open_orders").number(account.open.size());
        json.key("trades").number(account.trades.size()).end_object();
    }
    json.end_object().key("prices").begin_object();
    for (PairNo no = 0; no < exchange.instruments().pairs().size(); ++no)
        json.member(exchange.instruments().pair(no).key, exchange.last_price(no).text());
    json.end_object().key("market").begin_object();
    for (PairNo no = 0; no < exchange.instruments().pairs().size(); ++no)
        if (const auto market = call.world.market_state(no))
            write_market(json.key(exchange.instruments().pair(no).key), *market);
    return json.end_object().end_object().take();
}

}  // namespace

std::span<const ControlMethod> control_methods() {
    static const std::array<ControlMethod, 16> kTable{{
        {"time", time_method, "scale advance skew"},
        {"trade", trade_method, "pair price quantity side"},
        {"replay", replay_method, "pair file from"},
        {"status", status_method, "status"},
        {"pair", pair_method, "pair status order_min"},
        {"reads", reads_method, "read_lag"},
        {"account", account_method, "account tier earlier_volume"},
        {"transfer", transfer_method, "account asset amount type subtype"},
        {"key", key_method, "name account permissions nonce_window"},
        {"revoke", revoke_method, "name"},
        {"order", order_method, kOrderMembers},
        {"faults", faults_method, "faults"},
        {"message_faults", message_faults_method, "faults"},
        {"foreign_nonce", foreign_nonce_method, "name"},
        {"limits", limits_method, "idle connects concurrent public_calls messages"},
        {"state", state_method, "", false},
    }};
    return kTable;
}

}  // namespace vault::kraken_emulator
