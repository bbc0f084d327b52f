#include "daemon/engine/state_codec.hpp"

#include "daemon/engine/level_codec.hpp"
#include "daemon/engine/level_sums.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace vault::engine {
namespace {

namespace json = boost::json;

// Writing.
json::string text_of(Decimal x) {
    return json::string{x.text()};
}
std::int64_t ms_of(UtcTime t) {
    return t.time_since_epoch().count();
}

json::object hold_json(const Hold& hold) {
    return {{"kind", static_cast<int>(hold.kind)},
            {"by", hold.by},
            {"why", hold.why},
            {"since", ms_of(hold.since)}};
}

json::object order_json(const Order& order) {
    const OrderRequest& asked = order.request;
    json::array trades;
    for (const std::string& id : order.trade_ids)
        trades.emplace_back(id);
    return {{"id", to_text(asked.id)},
            {"pair", asked.pair.text()},
            {"side", to_text(asked.side)},
            {"spend_fraction", text_of(asked.spend_fraction)},
            {"spend_base", text_of(asked.spend_base)},
            {"fee_rate", text_of(asked.fee_rate)},
            {"quantity", text_of(asked.quantity.value)},
            {"limit", text_of(asked.limit.value)},
            {"decided_at", ms_of(asked.decided_at)},
            {"state", to_text(order.state)},
            {"cancel_requested", order.cancel_requested},
            {"fills_missing", order.fills_missing},
            {"reason", order.reason},
            {"end_reason", order.end_reason},
            {"lock_left", text_of(order.lock_left)},
            {"hold_left", text_of(order.hold_left)},
            {"filled", text_of(order.filled)},
            {"cost", text_of(order.cost)},
            {"fees", text_of(order.fees)},
            {"last_price", text_of(order.last_price)},
            {"trade_ids", std::move(trades)}};
}

json::array memory_json(const DecisionMemory& memory) {
    return {static_cast<int>(memory.action), static_cast<int>(memory.reason), memory.repeats};
}

json::object slot_json(const PairSlot& slot) {
    return {{"pair", slot.pair.text()},
            {"cycle", slot.state.save()},
            {"last_buy", memory_json(slot.last_buy)},
            {"last_sell", memory_json(slot.last_sell)},
            {"standing_sell", static_cast<int>(slot.standing_sell)},
            {"stuck", slot.stuck},
            {"attention", slot.attention},
            {"opened_at", ms_of(slot.opened_at)},
            {"entry_fee_rate", text_of(slot.entry_fee_rate)},
            {"cycle_cost", text_of(slot.cycle_cost)},
            {"cycle_proceeds", text_of(slot.cycle_proceeds)},
            {"cycle_fees", text_of(slot.cycle_fees)},
            {"cycle_realised", text_of(slot.cycle_realised)}};
}

json::object books_json(const ledger::BooksState& state) {
    json::array sleeves;
    for (const ledger::SleeveState& sleeve : state.sleeves) {
        json::array positions;
        for (const ledger::PositionState& p : sleeve.positions)
            positions.push_back(
                json::object{{"base", p.base.text()}, {"cost", text_of(p.cost)}, {"dust", p.dust}});
        sleeves.push_back(json::object{{"fee_float", text_of(sleeve.fee_float)},
                                       {"swept", text_of(sleeve.swept)},
                                       {"last_sweep", text_of(sleeve.last_sweep)},
                                       {"requested", text_of(sleeve.unallocate_requested)},
                                       {"overdraft", text_of(sleeve.overdraft)},
                                       {"positions", std::move(positions)}});
    }
    return {{"shortfall", text_of(state.shortfall)}, {"sleeves", std::move(sleeves)}};
}

// Reading: every access is checked, a miss remembers the field and poisons the reader.
class Reader {
  public:
    explicit Reader(const json::value& value) : value_(value) {}

    const json::value& at(std::string_view name) {
        static const json::value kNull;
        const json::object* object = value_.if_object();
        const json::value* found = object == nullptr ? nullptr : object->if_contains(name);
        if (found == nullptr) fail(name);
        return found == nullptr ? kNull : *found;
    }
    std::string text(std::string_view name) {
        const json::string* found = at(name).if_string();
        if (found == nullptr) fail(name);
        return found == nullptr ? std::string{} : std::string{*found};
    }
    Decimal decimal(std::string_view name) { return parsed(name, Decimal::parse(text(name))); }
    bool flag(std::string_view name) {
        const bool* found = at(name).if_bool();
        if (found == nullptr) fail(name);
        return found != nullptr && *found;
    }
    std::int64_t integer(std::string_view name) { return number(name, at(name)); }
    std::int64_t number(std::string_view name, const json::value& value) {
        if (const auto* i = value.if_int64()) return *i;
        if (const auto* u = value.if_uint64()) return static_cast<std::int64_t>(*u);
        fail(name);
        return 0;
    }
    template <class T>
    T count(std::string_view name) {
        const std::int64_t found = integer(name);
        if (found < 0) fail(name);
        return static_cast<T>(found);
    }
    UtcTime time(std::string_view name) { return UtcTime{Duration{integer(name)}}; }
    template <class Enum>
    Enum enumerator(std::string_view name, Enum last) {
        return as_enum<Enum>(name, integer(name), last);
    }
    template <class Enum>
    Enum as_enum(std::string_view name, std::int64_t number, Enum last) {
        if (number < 0 || number > static_cast<std::int64_t>(last)) {
            fail(name);
            return Enum{};
        }
        return static_cast<Enum>(number);
    }
    json::array array(std::string_view name) {
        const json::array* found = at(name).if_array();
        if (found == nullptr) fail(name);
        return found == nullptr ? json::array{} : *found;
    }
    template <class T>
    T parsed(std::string_view name, Result<T> result) {
        if (!result) {
            fail(name);
            return T{};
        }
        return std::move(result).value();
    }
    bool has(std::string_view name) const {
        const json::object* object = value_.if_object();
        return object != nullptr && object->contains(name);
    }
    void adopt(const Reader& inner) {
        if (!inner.failed_.empty()) fail(inner.failed_);
    }
    Result<void> result(std::string_view what) const {
        if (failed_.empty()) return success();
        return Error{Errc::StoreInvalid,
                     fmt::format("the stored {} is not readable at '{}'", what, failed_), failed_,
                     "restore a backup, or start the version that wrote it"};
    }

    void fail(std::string_view name) {
        if (failed_.empty()) failed_ = name;
    }

  private:
    const json::value& value_;
    std::string failed_;
};

json::value parse(std::string_view body) {
    boost::system::error_code status;
    json::value value = json::parse(body, status);
    return status ? json::value{} : value;
}

Hold read_hold(Reader& outer, std::string_view name) {
    Reader in{outer.at(name)};
    Hold hold;
    hold.kind = in.enumerator("kind", HoldKind::Halted);
    hold.by = in.text("by");
    hold.why = in.text("why");
    hold.since = in.time("since");
    outer.adopt(in);
    return hold;
}

Order read_order(Reader& in) {
    Order order;
    OrderRequest& asked = order.request;
    asked.id = in.parsed("id", parse_order_id(in.text("id")));
    asked.pair = in.parsed("pair", Pair::parse(in.text("pair")));
    asked.side = in.parsed("side", parse_side(in.text("side")));
    asked.spend_fraction = in.decimal("spend_fraction");
    asked.spend_base = in.decimal("spend_base");
    asked.fee_rate = in.decimal("fee_rate");
    asked.quantity = Quantity{in.decimal("quantity")};
    asked.limit = Price{in.decimal("limit")};
    asked.decided_at = in.time("decided_at");
    order.state = in.parsed("state", parse_order_state(in.text("state")));
    order.cancel_requested = in.flag("cancel_requested");
    order.fills_missing = in.flag("fills_missing");
    order.reason = in.text("reason");
    order.end_reason = in.text("end_reason");
    order.lock_left = in.decimal("lock_left");
    order.hold_left = in.decimal("hold_left");
    order.filled = in.decimal("filled");
    order.cost = in.decimal("cost");
    order.fees = in.decimal("fees");
    order.last_price = in.decimal("last_price");
    for (const json::value& id : in.array("trade_ids"))
        if (const json::string* text = id.if_string())
            order.trade_ids.emplace_back(*text);
        else
            in.fail("trade_ids");
    return order;
}

DecisionMemory read_memory(Reader& in, std::string_view name) {
    const json::array fields = in.array(name);
    DecisionMemory memory;
    if (fields.size() != 3) {
        in.fail(name);
        return memory;
    }
    memory.action = in.as_enum(name, in.number(name, fields[0]), ports::Action::Sell);
    memory.reason = in.as_enum(name, in.number(name, fields[1]), ports::Reason::Liquidate);
    memory.repeats = static_cast<std::uint64_t>(in.number(name, fields[2]));
    return memory;
}

PairSlot read_slot(Reader& in) {
    PairSlot slot;
    slot.pair = in.parsed("pair", Pair::parse(in.text("pair")));
    slot.state = in.parsed("cycle", strategy::CycleState::load(in.text("cycle")));
    slot.last_buy = read_memory(in, "last_buy");
    slot.last_sell = read_memory(in, "last_sell");
    slot.standing_sell = in.enumerator("standing_sell", ports::Reason::Liquidate);
    slot.stuck = in.flag("stuck");
    slot.attention = in.text("attention");
    slot.opened_at = in.time("opened_at");
    slot.entry_fee_rate = in.decimal("entry_fee_rate");
    slot.cycle_cost = in.decimal("cycle_cost");
    slot.cycle_proceeds = in.decimal("cycle_proceeds");
    slot.cycle_fees = in.decimal("cycle_fees");
    slot.cycle_realised = in.decimal("cycle_realised");
    return slot;
}

ledger::BooksState read_books(Reader& outer) {
    Reader in{outer.at("books")};
    ledger::BooksState state;
    state.shortfall = in.decimal("shortfall");
    const json::array sleeves = in.array("sleeves");
    if (sleeves.size() != state.sleeves.size()) in.fail("sleeves");
    for (std::size_t i = 0; i < sleeves.size() && i < state.sleeves.size(); ++i) {
        Reader from{sleeves[i]};
        ledger::SleeveState& sleeve = state.sleeves[i];
        sleeve.fee_float = from.decimal("fee_float");
        sleeve.swept = from.decimal("swept");
        sleeve.last_sweep = from.decimal("last_sweep");
        sleeve.unallocate_requested = from.decimal("requested");
        sleeve.overdraft = from.decimal("overdraft");
        for (const json::value& position : from.array("positions")) {
            Reader p{position};
            sleeve.positions.push_back({p.parsed("base", Asset::parse(p.text("base"))),
                                        p.decimal("cost"), p.flag("dust")});
            from.adopt(p);
        }
        in.adopt(from);
    }
    outer.adopt(in);
    return state;
}

json::value optional_text(const std::optional<Decimal>& x) {
    return x ? json::value(text_of(*x)) : json::value(nullptr);
}

std::optional<Decimal> read_optional(Reader& in, std::string_view name) {
    if (in.at(name).is_null()) return std::nullopt;
    return in.decimal(name);
}

std::optional<UtcTime> read_optional_time(Reader& in, std::string_view name) {
    if (in.at(name).is_null()) return std::nullopt;
    return in.time(name);
}

json::value optional_ms(const std::optional<UtcTime>& t) {
    return t ? json::value(ms_of(*t)) : json::value(nullptr);
}

json::object texts_json(const Texts& texts) {
    json::object out;
    for (const auto& [name, text] : texts)
        out[name] = text;
    return out;
}

// What was stored before there was such an object has none.
Texts read_texts(Reader& in, std::string_view name) {
    Texts out;
    if (!in.has(name)) return out;
    const json::object* const found = in.at(name).if_object();
    if (found == nullptr) in.fail(name);
    for (const auto& [key, value] : found == nullptr ? json::object{} : *found) {
        const json::string* const text = value.if_string();
        if (text == nullptr) in.fail(name);
        out[std::string{key}] = text == nullptr ? std::string{} : std::string{*text};
    }
    return out;
}

json::value drawdown_json(const std::optional<risk::Drawdown>& mark) {
    if (!mark) return nullptr;
    return json::object{{"peak", text_of(mark->peak)},
                        {"swept", text_of(mark->swept_before)},
                        {"principal", text_of(mark->principal)},
                        {"since", ms_of(mark->since)},
                        {"peak_at", ms_of(mark->peak_at)}};
}

// A sleeve that was stored before there was a drawdown has none.
std::optional<risk::Drawdown> read_drawdown(Reader& outer) {
    if (!outer.has("drawdown") || outer.at("drawdown").is_null()) return std::nullopt;
    Reader in{outer.at("drawdown")};
    risk::Drawdown mark;
    mark.peak = in.decimal("peak");
    mark.swept_before = in.decimal("swept");
    mark.principal = in.decimal("principal");
    mark.since = in.time("since");
    mark.peak_at = in.time("peak_at");
    outer.adopt(in);
    return mark;
}

json::object replay_json(const Replay& replay) {
    const ports::FeedSource& source = replay.source;
    return {{"name", source.name},
            {"pair", source.pair.text()},
            {"interval", source.interval.count()},
            {"close_path", source.close_path},
            {"seed", std::to_string(source.seed)},
            {"from", optional_ms(source.from)},
            {"to", optional_ms(source.to)},
            {"fingerprint", source.fingerprint},
            {"state", static_cast<int>(replay.state)},
            {"until", optional_ms(replay.until)},
            {"speed", optional_text(replay.speed)},
            {"position", replay.feed ? replay.feed->position() : 0}};
}

// The last price of each pair: a position of a market that stands still is valued by it.
json::object last_json(const Market& market) {
    json::object last;
    for (const auto& [pair, at] : market.pairs)
        if (at.last)
            last[pair.text()] =
                json::array{ms_of(at.last->time), text_of(at.last->price.value), at.last->position};
    return last;
}

std::map<Pair, Tick> read_last(Reader& in) {
    std::map<Pair, Tick> last;
    const json::object* found = in.at("last").if_object();
    if (found == nullptr) in.fail("last");
    for (const auto& [name, value] : found == nullptr ? json::object{} : *found) {
        const json::array* fields = value.if_array();
        const json::string* price =
            fields != nullptr && fields->size() == 3 ? (*fields)[1].if_string() : nullptr;
        if (price == nullptr) {
            in.fail("last");
            continue;
        }
        Tick tick;
        tick.time = UtcTime{Duration{in.number("last", (*fields)[0])}};
        tick.price = Price{in.parsed("last", Decimal::parse(*price))};
        tick.position = static_cast<std::uint64_t>(in.number("last", (*fields)[2]));
        last[in.parsed("last", Pair::parse(name))] = tick;
    }
    return last;
}

}  // namespace

std::string save_vault(const Vault& vault) {
    json::array pairs;
    for (const Pair& pair : vault.pairs)
        pairs.emplace_back(pair.text());
    json::array reversed;
    for (const std::uint64_t seq : vault.reversed)
        reversed.emplace_back(seq);
    const ledger::AutoRaise& policy = vault.policy;
    return json::serialize(json::object{
        {"pairs", std::move(pairs)},
        {"auto_raise", static_cast<int>(policy.kind)},
        {"percent", text_of(policy.percent)},
        {"ceiling", optional_text(policy.ceiling)},
        {"reserve_pct", optional_text(policy.reserve_pct)},
        {"hold", hold_json(vault.hold)},
        {"attention", vault.attention},
        {"commands", vault.commands},
        {"reversed", std::move(reversed)},
        {"updated_at", ms_of(vault.updated_at)},
        {"risk", texts_json(save_level(vault.risk))},
        {"summed", texts_json(is_owed(vault) ? save_booked(vault.share.booked) : Texts{})},
        {"books", books_json(vault.books.state())}});
}

Result<ledger::BooksState> load_vault(Vault& vault, std::string_view body) {
    const json::value value = parse(body);
    Reader in{value};
    vault.pairs.clear();
    for (const json::value& pair : in.array("pairs"))
        if (const json::string* text = pair.if_string())
            vault.pairs.push_back(in.parsed("pairs", Pair::parse(*text)));
        else
            in.fail("pairs");
    vault.policy.kind = in.enumerator("auto_raise", ledger::AutoRaise::Kind::Percent);
    vault.policy.percent = in.decimal("percent");
    vault.policy.ceiling = read_optional(in, "ceiling");
    vault.policy.reserve_pct = read_optional(in, "reserve_pct");
    vault.hold = read_hold(in, "hold");
    vault.attention = in.text("attention");
    vault.commands = in.count<std::uint32_t>("commands");
    for (const json::value& seq : in.array("reversed"))
        vault.reversed.insert(static_cast<std::uint64_t>(in.number("reversed", seq)));
    vault.updated_at = in.time("updated_at");
    const Texts risk = read_texts(in, "risk"), summed = read_texts(in, "summed");
    vault.share.summed = !summed.empty();
    ledger::BooksState books = read_books(in);
    VAULT_TRYV(in.result("vault"));
    VAULT_TRYV(load_level(vault.risk, risk));
    VAULT_TRYV(load_booked(vault.share.booked, summed));
    return books;
}

std::string save_sleeve(const Sleeve& sleeve) {
    json::array orders, slots;
    for (const Order& order : sleeve.orders)
        orders.push_back(order_json(order));
    for (const PairSlot& slot : sleeve.slots)
        slots.push_back(slot_json(slot));
    return json::serialize(json::object{{"preset", sleeve.preset},
                                        {"overrides", texts_json(sleeve.overrides)},
                                        {"hold", hold_json(sleeve.hold)},
                                        {"orders", std::move(orders)},
                                        {"slots", std::move(slots)},
                                        {"last_order", sleeve.last_order},
                                        {"cycles", sleeve.cycles},
                                        {"last_close", ms_of(sleeve.last_close)},
                                        {"ever_closed", sleeve.ever_closed},
                                        {"last_cycle_lost", sleeve.last_cycle_lost},
                                        {"last_fill", ms_of(sleeve.last_fill)},
                                        {"day", ms_of(sleeve.day.day)},
                                        {"day_realised", text_of(sleeve.day.realised_before)},
                                        {"day_unrealised", text_of(sleeve.day.unrealised_before)},
                                        {"day_buys", sleeve.day.buys},
                                        {"capped_by", sleeve.capped_by},
                                        {"drawdown", drawdown_json(sleeve.drawdown)},
                                        {"sweep_due", optional_ms(sleeve.sweep_due)}});
}

Result<void> load_sleeve(Sleeve& sleeve, std::string_view body) {
    const json::value value = parse(body);
    Reader in{value};
    sleeve.preset = in.text("preset");
    if (!in.has("overrides")) in.fail("overrides");
    sleeve.overrides = read_texts(in, "overrides");
    sleeve.hold = read_hold(in, "hold");
    for (const json::value& order : in.array("orders")) {
        Reader from{order};
        sleeve.orders.push_back(read_order(from));
        in.adopt(from);
    }
    for (const json::value& slot : in.array("slots")) {
        Reader from{slot};
        sleeve.slots.push_back(read_slot(from));
        in.adopt(from);
    }
    sleeve.last_order = in.count<std::uint32_t>("last_order");
    sleeve.cycles = in.count<std::uint32_t>("cycles");
    sleeve.last_close = in.time("last_close");
    sleeve.ever_closed = in.flag("ever_closed");
    sleeve.last_cycle_lost = in.flag("last_cycle_lost");
    sleeve.last_fill = in.time("last_fill");
    sleeve.day.day = in.time("day");
    sleeve.day.realised_before = in.decimal("day_realised");
    sleeve.day.unrealised_before = in.decimal("day_unrealised");
    sleeve.day.buys = in.count<std::uint32_t>("day_buys");
    sleeve.capped_by = in.text("capped_by");
    sleeve.drawdown = read_drawdown(in);
    sleeve.sweep_due = read_optional_time(in, "sweep_due");
    return in.result("sleeve");
}

std::string save_account(const World& world, const Account& account) {
    return json::serialize(json::object{{"venue", account.venue.save()},
                                        {"now", ms_of(world.market_of(account).now)},
                                        {"last", last_json(world.market_of(account))},
                                        {"replay", replay_json(account.replay)},
                                        {"removed", account.removed}});
}

Result<AccountMemory> load_account(std::string_view body) {
    const json::value value = parse(body);
    Reader in{value};
    const std::string venue_text = in.text("venue");
    Reader from{in.at("replay")};
    Replay replay;
    ports::FeedSource& source = replay.source;
    source.name = from.text("name");
    source.interval = Duration{from.integer("interval")};
    source.close_path = from.flag("close_path");
    source.seed = std::strtoull(from.text("seed").c_str(), nullptr, 10);
    source.from = read_optional_time(from, "from");
    source.to = read_optional_time(from, "to");
    source.fingerprint = from.text("fingerprint");
    replay.state = from.enumerator("state", ReplayState::Stopped);
    if (!source.name.empty()) source.pair = from.parsed("pair", Pair::parse(from.text("pair")));
    replay.until = read_optional_time(from, "until");
    replay.speed = read_optional(from, "speed");
    const auto position = from.count<std::uint64_t>("position");
    in.adopt(from);
    const UtcTime now = in.time("now");
    std::map<Pair, Tick> last = read_last(in);
    const bool removed = in.has("removed") && in.flag("removed");
    VAULT_TRYV(in.result("account"));
    VAULT_TRY(exchange::SimVenue venue, exchange::SimVenue::load(venue_text));
    return AccountMemory{std::move(venue), std::move(replay), position, now, std::move(last),
                         removed};
}

std::string save_user(const User& user) {
    return json::serialize(
        json::object{{"hold", hold_json(user.hold)}, {"risk", texts_json(save_level(user.risk))}});
}

Result<void> load_user(User& user, std::string_view body) {
    const json::value value = parse(body);
    Reader in{value};
    user.hold = read_hold(in, "hold");
    const Texts risk = read_texts(in, "risk");
    VAULT_TRYV(in.result("user"));
    return load_level(user.risk, risk);
}

std::string save_job(const Job& job) {
    return json::serialize(json::object{{"id", job.id.value},
                                        {"method", job.method},
                                        {"object", job.object},
                                        {"by", job.by},
                                        {"started_at", ms_of(job.started_at)},
                                        {"ended_at", optional_ms(job.ended_at)},
                                        {"state", static_cast<int>(job.state)}});
}

Result<Job> load_job(std::string_view body) {
    const json::value value = parse(body);
    Reader in{value};
    Job job;
    job.id = JobId{in.count<std::uint32_t>("id")};
    job.method = in.text("method");
    job.object = in.text("object");
    job.by = in.text("by");
    job.started_at = in.time("started_at");
    job.ended_at = read_optional_time(in, "ended_at");
    job.state = in.enumerator("state", JobState::Canceled);
    VAULT_TRYV(in.result("job"));
    return job;
}

std::string save_daemon(const World& world) {
    return json::serialize(json::object{{"hold", hold_json(world.daemon_hold)},
                                        {"risk", texts_json(save_level(world.daemon_risk))},
                                        {"risk_asset", world.summed_in.text()}});
}

Result<void> load_daemon(World& world, std::string_view body) {
    const json::value value = parse(body);
    Reader in{value};
    world.daemon_hold = read_hold(in, "hold");
    const Texts risk = read_texts(in, "risk");
    if (in.has("risk_asset") && !in.text("risk_asset").empty())
        world.summed_in = in.parsed("risk_asset", Asset::parse(in.text("risk_asset")));
    VAULT_TRYV(in.result("daemon"));
    return load_level(world.daemon_risk, risk);
}

}  // namespace vault::engine
