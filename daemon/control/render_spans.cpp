// The reports of a span as JSON: rows for tables and CSV, totals per asset and mode.
#include "daemon/control/json_fields.hpp"
#include "daemon/control/render_reports.hpp"

namespace vault::control {

namespace {

template <class Row>
json::object owner_fields(const Row& row, const UserNames& names) {
    const auto name = names.find(row.user);
    return {{"vault", to_json(row.vault)},
            {"user", name == names.end() ? to_text(row.user) : name->second},
            {"account", to_json(row.account)},
            {"asset", to_json(row.asset)},
            {"mode", to_json(row.mode)}};
}

// A total that does not fit is shown as missing; the report itself has failed before.
json::value total_of(const report::Holdings& holdings) {
    const Result<Decimal> total = holdings.total();
    return total ? to_json(total.value()) : json::value(nullptr);
}

void add_holdings(json::object& object, const report::Holdings& holdings) {
    object["reserve"] = to_json(holdings.reserve);
    object["unallocated"] = to_json(holdings.unallocated);
    object["quiet"] = to_json(holdings.quiet);
    object["flash"] = to_json(holdings.flash);
    object["total"] = total_of(holdings);
}

json::object flow_row(const report::VaultFlows& vault, std::string_view kind, json::value entries,
                      const report::Holdings& holdings, const UserNames& names) {
    json::object row = owner_fields(vault, names);
    row["kind"] = kind;
    row["entries"] = std::move(entries);
    add_holdings(row, holdings);
    return row;
}

json::object vault_sums(const report::VaultFlows& vault, const UserNames& names) {
    json::object row = owner_fields(vault, names);
    row["opening"] = total_of(vault.opening);
    row["funded"] = to_json(vault.funded);
    row["realised"] = to_json(vault.realised);
    row["fees"] = to_json(vault.fees);
    row["swept"] = to_json(vault.swept);
    row["closing"] = total_of(vault.closing);
    return row;
}

json::array other_fees(const std::map<Asset, Decimal>& fees) {
    json::array list;
    for (const auto& [asset, fee] : fees)
        list.push_back(json::object{{"asset", to_json(asset)}, {"amount", to_json(fee)}});
    return list;
}

}  // namespace

Result<json::object> report_to_json(const report::VaultReport& report, const UserNames& names) {
    json::array rows, vaults, totals;
    for (const report::VaultFlows& vault : report.vaults()) {
        vaults.push_back(vault_sums(vault, names));
        rows.push_back(flow_row(vault, "start", nullptr, vault.opening, names));
        for (const report::FlowRow& flow : vault.flows)
            rows.push_back(flow_row(vault, flow.kind, flow.entries, flow.moved, names));
        rows.push_back(flow_row(vault, "end", nullptr, vault.closing, names));
    }
    VAULT_TRY(const auto sums, report.totals());
    for (const report::FlowTotal& total : sums)
        totals.push_back(json::object{{"asset", to_json(total.asset)},
                                      {"mode", to_json(total.mode)},
                                      {"vaults", total.vaults},
                                      {"opening", to_json(total.opening)},
                                      {"funded", to_json(total.funded)},
                                      {"realised", to_json(total.realised)},
                                      {"fees", to_json(total.fees)},
                                      {"swept", to_json(total.swept)},
                                      {"closing", to_json(total.closing)}});
    return json::object{
        {"rows", std::move(rows)}, {"vaults", std::move(vaults)}, {"totals", std::move(totals)}};
}

Result<json::object> report_to_json(const report::FeeReport& report, const UserNames& names) {
    json::array rows, totals;
    for (const report::FeeRow& row : report.rows()) {
        json::object object = owner_fields(row, names);
        object["sleeve"] = to_json(row.sleeve);
        object["pair"] = to_json(row.pair);
        object["trades"] = row.trades;
        object["volume"] = to_json(row.volume);
        object["fee"] = to_json(row.fee);
        object["fee_asset"] = to_json(row.fee_asset);
        object["value"] = to_json(row.value);
        object["rate"] = to_json(row.rate());
        rows.push_back(std::move(object));
    }
    VAULT_TRY(const auto sums, report.totals());
    for (const report::FeeTotal& total : sums)
        totals.push_back(json::object{{"asset", to_json(total.asset)},
                                      {"mode", to_json(total.mode)},
                                      {"trades", total.trades},
                                      {"volume", to_json(total.volume)},
                                      {"value", to_json(total.value)},
                                      {"fees_other", other_fees(total.other)}});
    return json::object{{"rows", std::move(rows)}, {"totals", std::move(totals)}};
}

Result<json::object> report_to_json(const report::SweepReport& report, const UserNames& names) {
    json::array rows, totals;
    for (const report::SweepSumRow& row : report.rows()) {
        json::object object = owner_fields(row, names);
        object["sleeve"] = to_json(row.sleeve);
        object["kind"] = row.kind;
        object["count"] = row.count;
        object["amount"] = to_json(row.amount);
        object["least"] = to_json(row.least);
        object["greatest"] = to_json(row.greatest);
        object["first"] = to_json(row.first);
        object["last"] = to_json(row.last);
        rows.push_back(std::move(object));
    }
    VAULT_TRY(const auto sums, report.totals());
    for (const report::SweepTotal& total : sums)
        totals.push_back(json::object{{"asset", to_json(total.asset)},
                                      {"mode", to_json(total.mode)},
                                      {"flash", to_json(total.flash)},
                                      {"quiet", to_json(total.quiet)},
                                      {"returned", to_json(total.returned)},
                                      {"net", to_json(total.net)}});
    return json::object{{"rows", std::move(rows)}, {"totals", std::move(totals)}};
}

json::value report_to_json(const std::vector<report::PriceCandle>& candles) {
    json::array list;
    list.reserve(candles.size());
    for (const report::PriceCandle& candle : candles)
        list.push_back(json::object{{"at", format_utc(candle.at)},
                                    {"open", to_json(candle.open)},
                                    {"high", to_json(candle.high)},
                                    {"low", to_json(candle.low)},
                                    {"close", to_json(candle.close)},
                                    {"prices", candle.prices}});
    return list;
}

}  // namespace vault::control
