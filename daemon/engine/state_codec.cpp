#include "daemon/engine/state_codec.hpp"

#include "daemon/engine/level_codec.hpp"
#include "daemon/engine/level_sums.hpp"
#include "daemon/engine/script_codec.hpp"
#include "daemon/engine/state_text.hpp"

namespace vault::engine {
namespace {

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

json::value kept_json(const PairSlot& slot) {
    if (!slot.kept_params) return nullptr;
    json::object kept;
    for (const std::string_view key : strategy::exit_keys())
        kept[key] = value_of(*slot.kept_params, key);
    return kept;
}

json::object slot_json(const PairSlot& slot) {
    return {{"pair", slot.pair.text()},
            {"cycle", slot.state.save()},
            {"last_buy", memory_json(slot.last_buy)},
            {"last_sell", memory_json(slot.last_sell)},
            {"standing_sell", static_cast<int>(slot.standing_sell)},
            {"stuck", slot.stuck},
            {"attention", slot.attention},
            {"kept_exits", kept_json(slot)},
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

Order read_order(StateReader& in) {
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

DecisionMemory read_memory(StateReader& in, std::string_view name) {
    const json::array fields = in.array(name);
    DecisionMemory memory;
    if (fields.size() != 3) {
        in.fail(name);
        return memory;
    }
    memory.action = in.as_enum(name, in.number(name, fields[0]), ports::Action::Sell);
    memory.reason = in.as_enum(name, in.number(name, fields[1]), ports::kLastReason);
    memory.repeats = static_cast<std::uint64_t>(in.number(name, fields[2]));
    return memory;
}

// The exits alone: restore_settings() adds the sleeve's other parameters. A slot that was stored
// before positions kept any has none.
std::optional<SharedParams> read_kept(StateReader& in) {
    constexpr std::string_view kName = "kept_exits";
    if (!in.has(kName) || in.at(kName).is_null()) return std::nullopt;
    strategy::CycleParams params;
    for (const auto& [key, text] : read_texts(in, kName))
        if (!strategy::set(params, key, text)) in.fail(kName);
    return SharedParams{params};
}

PairSlot read_slot(StateReader& in) {
    PairSlot slot;
    slot.pair = in.parsed("pair", Pair::parse(in.text("pair")));
    slot.state = in.parsed("cycle", strategy::CycleState::load(in.text("cycle")));
    slot.last_buy = read_memory(in, "last_buy");
    slot.last_sell = read_memory(in, "last_sell");
    slot.standing_sell = in.enumerator("standing_sell", ports::kLastReason);
    slot.stuck = in.flag("stuck");
    slot.attention = in.text("attention");
    slot.kept_params = read_kept(in);
    slot.opened_at = in.time("opened_at");
    slot.entry_fee_rate = in.decimal("entry_fee_rate");
    slot.cycle_cost = in.decimal("cycle_cost");
    slot.cycle_proceeds = in.decimal("cycle_proceeds");
    slot.cycle_fees = in.decimal("cycle_fees");
    slot.cycle_realised = in.decimal("cycle_realised");
    return slot;
}

ledger::BooksState read_books(StateReader& outer) {
    StateReader in{outer.at("books")};
    ledger::BooksState state;
    state.shortfall = in.decimal("shortfall");
    const json::array sleeves = in.array("sleeves");
    if (sleeves.size() != state.sleeves.size()) in.fail("sleeves");
    for (std::size_t i = 0; i < sleeves.size() && i < state.sleeves.size(); ++i) {
        StateReader from{sleeves[i]};
        ledger::SleeveState& sleeve = state.sleeves[i];
        sleeve.fee_float = from.decimal("fee_float");
        sleeve.swept = from.decimal("swept");
        sleeve.last_sweep = from.decimal("last_sweep");
        sleeve.unallocate_requested = from.decimal("requested");
        sleeve.overdraft = from.decimal("overdraft");
        for (const json::value& position : from.array("positions")) {
            StateReader p{position};
            sleeve.positions.push_back({p.parsed("base", Asset::parse(p.text("base"))),
                                        p.decimal("cost"), p.flag("dust")});
            from.adopt(p);
        }
        in.adopt(from);
    }
    outer.adopt(in);
    return state;
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
std::optional<risk::Drawdown> read_drawdown(StateReader& outer) {
    if (!outer.has("drawdown") || outer.at("drawdown").is_null()) return std::nullopt;
    StateReader in{outer.at("drawdown")};
    risk::Drawdown mark;
    mark.peak = in.decimal("peak");
    mark.swept_before = in.decimal("swept");
    mark.principal = in.decimal("principal");
    mark.since = in.time("since");
    mark.peak_at = in.time("peak_at");
    outer.adopt(in);
    return mark;
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
        {"day_above", texts_json(save_marks(vault.share))},
        {"summed", texts_json(is_owed(vault) ? save_booked(vault.share.booked) : Texts{})},
        {"books", books_json(vault.books.state())}});
}

Result<ledger::BooksState> load_vault(Vault& vault, std::string_view body) {
    const json::value value = parse_state(body);
    StateReader in{value};
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
    const Texts risk = in.has("risk") ? read_texts(in, "risk") : Texts{};
    const Texts summed = in.has("summed") ? read_texts(in, "summed") : Texts{};
    const Texts day_above = in.has("day_above") ? read_texts(in, "day_above") : Texts{};
    vault.share.summed = !summed.empty();
    ledger::BooksState books = read_books(in);
    VAULT_TRYV(in.result("vault"));
    VAULT_TRYV(load_level(vault.risk, risk));
    VAULT_TRYV(load_booked(vault.share.booked, summed));
    VAULT_TRYV(load_marks(vault.share, day_above));
    return books;
}

std::string save_sleeve(const Sleeve& sleeve) {
    json::array orders, slots;
    for (const Order& order : sleeve.orders)
        orders.push_back(order_json(order));
    for (const PairSlot& slot : sleeve.slots)
        slots.push_back(slot_json(slot));
    json::object text = json::object{{"preset", sleeve.preset},
                                     {"preset_base", sleeve.preset_base},
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
                                     {"tripped_at", ms_of(sleeve.trip.at)},
                                     {"tripped", sleeve.trip.arithmetic},
                                     {"unearned", text_of(sleeve.unearned)},
                                     {"drawdown", drawdown_json(sleeve.drawdown)},
                                     {"sweep_due", optional_ms(sleeve.sweep_due)}};
    if (sleeve.script) text["script"] = save_script(*sleeve.script);
    return json::serialize(text);
}

Result<void> load_sleeve(Sleeve& sleeve, std::string_view body) {
    const json::value value = parse_state(body);
    StateReader in{value};
    sleeve.preset = in.text("preset");
    // A sleeve that was stored before users had presets of their own has a built-in one.
    sleeve.preset_base = in.has("preset_base") ? in.text("preset_base") : sleeve.preset;
    sleeve.overrides = read_texts(in, "overrides");
    sleeve.hold = read_hold(in, "hold");
    for (const json::value& order : in.array("orders")) {
        StateReader from{order};
        sleeve.orders.push_back(read_order(from));
        in.adopt(from);
    }
    for (const json::value& slot : in.array("slots")) {
        StateReader from{slot};
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
    // A sleeve that was stored before they were kept has none.
    if (in.has("tripped")) sleeve.trip = {in.time("tripped_at"), in.text("tripped")};
    if (in.has("unearned")) sleeve.unearned = in.decimal("unearned");
    sleeve.drawdown = read_drawdown(in);
    sleeve.sweep_due = read_optional_time(in, "sweep_due");
    load_script(in, sleeve.script);
    return in.result("sleeve");
}

}  // namespace vault::engine
