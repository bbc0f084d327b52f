#include "daemon/control/marks.hpp"

#include "common/protocol/codec.hpp"

namespace vault::control {

namespace {

json::value sleeve_to_json(const ports::SleeveMarkView& view) {
    json::object coins;
    for (const ports::CoinsView& held : view.coins)
        coins[held.base.text()] = to_json(held.coins);
    return json::object{{"balance", to_json(view.balance)},
                        {"unrealised", to_json(view.unrealised)},
                        {"realised", to_json(view.realised)},
                        {"fees", to_json(view.fees)},
                        {"fee_float", to_json(view.fee_float)},
                        {"swept", to_json(view.swept)},
                        {"positions_cost", to_json(view.positions_cost)},
                        {"cycles", view.cycles},
                        {"coins", std::move(coins)}};
}

// Reading back what this file wrote: a field that does not parse is our bug.
template <class T>
T sure(Result<T> result) {
    VAULT_CHECK(result.has_value(), "a mark is not what marks_to_json() wrote");
    return result.value();
}

std::string_view text_at(const json::object& object, std::string_view name) {
    return object.at(name).as_string();
}

Decimal amount_at(const json::object& object, std::string_view name) {
    return sure(Decimal::parse(text_at(object, name)));
}

void read_sleeve(report::VaultMark& mark, SleeveKind kind, const json::object& object) {
    report::SleeveSums& sums = mark.sums.of(kind);
    sums.balance = amount_at(object, "balance");
    sums.realised = amount_at(object, "realised");
    sums.fees = amount_at(object, "fees");
    sums.fee_float = amount_at(object, "fee_float");
    sums.swept = amount_at(object, "swept");
    sums.positions_cost = amount_at(object, "positions_cost");
    const json::object& coins = object.at("coins").as_object();
    for (const auto& held : coins)
        sums.coins.emplace(sure(Asset::parse(held.key())), amount_at(coins, held.key()));
    mark.unrealised[index_of(kind)] = amount_at(object, "unrealised");
    mark.cycles[index_of(kind)] = object.at("cycles").to_number<std::uint32_t>();
}

report::VaultMark read_mark(const json::object& object) {
    report::VaultMark mark;
    mark.vault = sure(parse_vault_id(text_at(object, "vault")));
    mark.user = sure(parse_user_id(text_at(object, "user")));
    mark.user_name = text_at(object, "user_name");
    mark.account = sure(parse_account_id(text_at(object, "account")));
    mark.recorded_under = sure(parse_account_id(text_at(object, "recorded_under")));
    mark.asset = sure(Asset::parse(text_at(object, "asset")));
    mark.mode = sure(parse_mode(text_at(object, "mode")));
    mark.seq = object.at("seq").to_number<std::uint64_t>();
    mark.now = UtcTime{Duration{object.at("now_ms").to_number<std::int64_t>()}};
    mark.fee_rate = amount_at(object, "fee_rate");
    mark.sums.reserve = amount_at(object, "reserve");
    mark.sums.unallocated = amount_at(object, "unallocated");
    for (const SleeveKind kind : kSleeveKinds)
        read_sleeve(mark, kind, object.at(to_text(kind)).as_object());
    for (const json::value& text : object.at("frozen").as_array())
        mark.frozen.emplace_back(text.as_string());
    return mark;
}

}  // namespace

json::value marks_to_json(const std::vector<ports::VaultMarkView>& views) {
    json::array list;
    list.reserve(views.size());
    for (const ports::VaultMarkView& view : views)
        list.push_back(
            json::object{{"vault", to_json(view.vault)},
                         {"user", to_json(view.user)},
                         {"user_name", view.user_name},
                         {"account", to_json(view.account)},
                         {"recorded_under", to_json(view.recorded_under)},
                         {"asset", to_json(view.asset)},
                         {"mode", to_json(view.mode)},
                         {"seq", view.seq},
                         {"now_ms", view.now.time_since_epoch().count()},
                         {"fee_rate", to_json(view.fee_rate)},
                         {"reserve", to_json(view.reserve)},
                         {"unallocated", to_json(view.unallocated)},
                         {"quiet", sleeve_to_json(view.quiet)},
                         {"flash", sleeve_to_json(view.flash)},
                         {"frozen", json::array(view.frozen.begin(), view.frozen.end())}});
    return list;
}

std::vector<report::VaultMark> read_marks(std::string_view text) {
    const json::value parsed = sure(protocol::parse_json(text, text.size()));
    std::vector<report::VaultMark> marks;
    for (const json::value& item : parsed.as_array())
        marks.push_back(read_mark(item.as_object()));
    return marks;
}

}  // namespace vault::control
