#include "cli/render/columns.hpp"

#include "common/domain/decimal.hpp"
#include "common/protocol/codec.hpp"

#include <algorithm>
#include <array>

namespace vault::render {
namespace {

struct ListSpec {
    std::string_view list;
    std::span<const ColumnSpec> columns;
};

constexpr ColumnSpec kUsers[] = {{"id", "id"},           {"name", "name"},
                                 {"role", "role"},       {"status", "status"},
                                 {"wallets", "wallets"}, {"permissions", "permissions", true}};
constexpr ColumnSpec kSessions[] = {{"id", "session"},
                                    {"current", "current"},
                                    {"origin", "origin"},
                                    {"uid", "uid", true},
                                    {"created_at", "since", true},
                                    {"last_used_at", "last used"},
                                    {"idle_until", "idle until", true}};
constexpr ColumnSpec kTokens[] = {{"id", "token"},
                                  {"label", "label"},
                                  {"state", "state"},
                                  {"methods", "methods"},
                                  {"calls_per_minute", "a minute", true},
                                  {"last_used_at", "last used", true},
                                  {"expires_at", "expires at"}};
constexpr ColumnSpec kKeys[] = {{"id", "id"},
                                {"account", "account"},
                                {"label", "label", true},
                                {"key", "key"},
                                {"state", "state"},
                                {"health.recent_errors", "failed of 32"},
                                {"health.last_success", "last success", true},
                                {"next_check_at", "validated next", true},
                                {"replaced_by", "replaced by"},
                                {"why", "because", true}};
constexpr ColumnSpec kAlerts[] = {{"id", "id"},
                                  {"severity", "severity"},
                                  {"kind", "kind"},
                                  {"subject", "subject"},
                                  {"count", "count"},
                                  {"last_at", "last at"},
                                  {"deliveries", "told", true},
                                  {"message", "message", true}};
constexpr ColumnSpec kDeliveries[] = {
    {"target", "target"}, {"state", "state"}, {"tries", "tries"}, {"problem", "problem"}};
constexpr ColumnSpec kBackups[] = {{"name", "name"},
                                   {"made_at", "made at", true},
                                   {"bytes", "bytes"},
                                   {"master_key", "master key"},
                                   {"deployment", "deployment", true},
                                   {"vaults", "vaults"},
                                   {"entries", "entries"},
                                   {"batch", "batch", true},
                                   {"audit_seq", "audit seq", true},
                                   {"audit_hash", "audit hash", true}};
constexpr ColumnSpec kCaps[] = {{"level", "level"},
                                {"of", "of"},
                                {"cap", "cap"},
                                {"limit", "limit"},
                                {"standing", "standing"},
                                {"headroom", "left"},
                                {"asset", "asset", true},
                                {"blocks", "blocks"},
                                {"ends", "ends with", true}};
constexpr ColumnSpec kAccounts[] = {{"id", "id"},
                                    {"user", "user"},
                                    {"exchange", "exchange"},
                                    {"label", "label"},
                                    {"history", "history", true}};
constexpr ColumnSpec kWallets[] = {{"asset", "asset"},
                                   {"free", "free"},
                                   {"held", "held"},
                                   {"total", "total"},
                                   {"unattributed", "unattributed"},
                                   {"ignored", "ignored", true}};
constexpr ColumnSpec kPresetDiff[] = {{"key", "key"}, {"value", "value"}, {"other", "other"}};
constexpr ColumnSpec kExchanges[] = {
    {"exchange", "exchange"}, {"available", "available"}, {"note", "note"}};
constexpr ColumnSpec kUnattributed[] = {{"account", "account"},
                                        {"asset", "asset"},
                                        {"total", "total"},
                                        {"unattributed", "unattributed"},
                                        {"ignored", "ignored"}};
constexpr ColumnSpec kVaults[] = {
    {"id", "vault"},    {"user", "user"},   {"asset", "asset"},         {"mode", "mode", true},
    {"state", "state"}, {"total", "total"}, {"tradeable", "tradeable"}, {"equity", "equity"}};
constexpr ColumnSpec kHistory[] = {{"day", "day"},
                                   {"sleeve", "sleeve"},
                                   {"mode", "mode", true},
                                   {"balance", "balance"},
                                   {"equity", "equity"},
                                   {"vault_total", "vault total"},
                                   {"vault_tradeable", "tradeable"}};
constexpr ColumnSpec kSleeves[] = {{"vault", "vault"},       {"sleeve", "sleeve"},
                                   {"state", "state"},       {"balance", "balance"},
                                   {"cash", "cash", true},   {"positions_cost", "positions"},
                                   {"realised", "realised"}, {"swept", "swept"}};
constexpr ColumnSpec kPositions[] = {{"vault", "vault"},
                                     {"sleeve", "sleeve"},
                                     {"pair", "pair"},
                                     {"quantity", "quantity"},
                                     {"average_price", "average", true},
                                     {"cost", "cost"},
                                     {"unrealised", "unrealised"},
                                     {"state", "state"},
                                     {"price_frozen", "frozen", true}};
constexpr ColumnSpec kPresets[] = {{"name", "name"},
                                   {"user", "user"},
                                   {"base", "base"},
                                   {"created_at", "made at", true},
                                   {"note", "note"}};
constexpr ColumnSpec kSleeveHistory[] = {{"at", "at"},
                                         {"by", "by"},
                                         {"key", "key"},
                                         {"from", "from"},
                                         {"to", "to"},
                                         {"why", "why"},
                                         {"action", "action", true}};
constexpr ColumnSpec kPairs[] = {{"pair", "pair"},
                                 {"exchange", "exchange"},
                                 {"selected", "selected"},
                                 {"status", "status"},
                                 {"price", "price"},
                                 {"tick", "tick"},
                                 {"lot", "lot"},
                                 {"min_cost", "min cost", true},
                                 {"min_quantity", "min quantity", true}};
constexpr ColumnSpec kPrices[] = {{"pair", "pair"},
                                  {"exchange", "exchange"},
                                  {"price", "price"},
                                  {"at", "at"},
                                  {"price_frozen", "frozen"}};
constexpr ColumnSpec kCandles[] = {{"at", "at"},   {"open", "open"},   {"high", "high"},
                                   {"low", "low"}, {"close", "close"}, {"prices", "prices", true}};
constexpr ColumnSpec kReplays[] = {{"account", "account"},   {"state", "state"},
                                   {"pair", "pair"},         {"virtual_time", "virtual time"},
                                   {"position", "position"}, {"ticks", "ticks", true}};
constexpr ColumnSpec kJobs[] = {
    {"id", "job"},      {"method", "method"},         {"object", "object"},
    {"state", "state"}, {"started_at", "started at"}, {"detail", "detail", true}};
constexpr ColumnSpec kBatch[] = {
    {"line", "line"}, {"command", "command", true}, {"exit", "exit"}, {"result", "result"}};
constexpr ColumnSpec kEntries[] = {
    {"seq", "seq"}, {"at", "at"}, {"kind", "kind"}, {"cause", "cause"}, {"actor", "actor", true}};
constexpr ColumnSpec kVerified[] = {
    {"vault", "vault"}, {"seq", "seq"}, {"what", "what"}, {"message", "message"}};
constexpr ColumnSpec kDecisions[] = {{"id", "id"},
                                     {"action", "action"},
                                     {"reason", "reason"},
                                     {"repeats", "repeats"},
                                     {"order", "order", true}};
constexpr ColumnSpec kOrders[] = {{"id", "id"},           {"decided_at", "decided at"},
                                  {"side", "side"},       {"state", "state"},
                                  {"reason", "reason"},   {"filled_quantity", "quantity"},
                                  {"filled_cost", "cost"}};
constexpr ColumnSpec kTrades[] = {{"id", "id"},           {"at", "at"},
                                  {"order", "order"},     {"side", "side"},
                                  {"price", "price"},     {"quantity", "quantity"},
                                  {"cost", "cost", true}, {"realised", "realised"}};
constexpr ColumnSpec kSweeps[] = {{"id", "id"},         {"at", "at"},         {"vault", "vault"},
                                  {"sleeve", "sleeve"}, {"amount", "amount"}, {"kind", "kind"}};
constexpr ColumnSpec kPostings[] = {{"seq", "seq"},
                                    {"kind", "kind"},
                                    {"account", "account"},
                                    {"amount", "amount"},
                                    {"asset", "asset"}};
constexpr ColumnSpec kUserAccounts[] = {
    {"id", "id"}, {"exchange", "exchange"}, {"label", "label"}, {"now", "now"}};
constexpr ColumnSpec kUserTotals[] = {{"asset", "asset"},         {"mode", "mode", true},
                                      {"vaults", "vaults"},       {"total", "total"},
                                      {"tradeable", "tradeable"}, {"equity", "equity"},
                                      {"realised", "realised"},   {"swept", "swept", true}};
constexpr ColumnSpec kEvents[] = {{"seq", "seq"},       {"at", "at"},     {"severity", "severity"},
                                  {"object", "object"}, {"type", "type"}, {"message", "message"}};
constexpr ColumnSpec kAudit[] = {{"seq", "seq", true},   {"at", "at"},
                                 {"actor", "actor"},     {"action", "action"},
                                 {"object", "object"},   {"outcome", "outcome"},
                                 {"user", "user", true}, {"message", "message", true}};
constexpr ColumnSpec kPauses[] = {{"level", "level"}, {"target", "target"}, {"state", "state"},
                                  {"by", "by"},       {"since", "since"},   {"why", "why"}};
constexpr ColumnSpec kMethods[] = {{"name", "method"},
                                   {"command", "command", true},
                                   {"right", "right", true},
                                   {"summary", "summary"}};
constexpr ColumnSpec kErrors[] = {{"code", "code"},
                                  {"exit_code", "exit_code"},
                                  {"retryable", "retryable"},
                                  {"rpc", "rpc", true},
                                  {"hint", "hint", true}};
constexpr ColumnSpec kConfigKeys[] = {
    {"key", "key"}, {"value", "value"}, {"pending", "after restart"}, {"origin", "origin"}};
constexpr ColumnSpec kConfigChanges[] = {
    {"key", "key"}, {"result", "result"}, {"from", "from", true}, {"to", "to"}};
constexpr ColumnSpec kPnl[] = {{"vault", "vault"},       {"sleeve", "sleeve"},
                               {"mode", "mode", true},   {"asset", "asset"},
                               {"realised", "realised"}, {"unrealised", "unrealised"},
                               {"net", "net"},           {"fees", "fees"},
                               {"swept", "swept"},       {"cycles", "cycles", true}};

constexpr ColumnSpec kFlows[] = {
    {"vault", "vault"},           {"mode", "mode", true}, {"kind", "kind"},
    {"entries", "entries", true}, {"reserve", "reserve"}, {"unallocated", "unallocated"},
    {"quiet", "quiet"},           {"flash", "flash"},     {"total", "total"}};
constexpr ColumnSpec kFlowSums[] = {{"vault", "vault"},       {"asset", "asset"},
                                    {"mode", "mode", true},   {"vaults", "vaults"},
                                    {"opening", "opening"},   {"funded", "funded"},
                                    {"realised", "realised"}, {"fees", "fees", true},
                                    {"swept", "swept", true}, {"closing", "closing"}};
constexpr ColumnSpec kFeeRows[] = {
    {"vault", "vault"},   {"sleeve", "sleeve"}, {"mode", "mode", true}, {"pair", "pair"},
    {"trades", "trades"}, {"volume", "volume"}, {"fee", "fee", true},   {"fee_asset", "in"},
    {"value", "value"},   {"rate", "rate"}};
constexpr ColumnSpec kFeeTotals[] = {{"asset", "asset"},   {"mode", "mode"},
                                     {"trades", "trades"}, {"volume", "volume"},
                                     {"value", "value"},   {"fees_other", "other fees"}};
constexpr ColumnSpec kSweepRows[] = {
    {"vault", "vault"},       {"sleeve", "sleeve"},     {"mode", "mode", true},
    {"kind", "kind"},         {"count", "count"},       {"amount", "amount"},
    {"least", "least", true}, {"greatest", "greatest"}, {"last", "last", true}};
constexpr ColumnSpec kSweepTotals[] = {{"asset", "asset"},       {"mode", "mode"},
                                       {"flash", "flash"},       {"quiet", "quiet"},
                                       {"returned", "returned"}, {"net", "net"}};

constexpr ColumnSpec kScriptFaults[] = {{"fault", "fault"}, {"count", "count"}, {"first", "first"}};
constexpr ColumnSpec kScriptReasons[] = {
    {"action", "action"}, {"reason", "reason"}, {"count", "count"}};
constexpr ColumnSpec kScriptOrders[] = {{"time", "time"},     {"sleeve", "sleeve"},
                                        {"action", "action"}, {"reason", "reason"},
                                        {"price", "price"},   {"fraction", "fraction"}};

constexpr std::array kLists{
    ListSpec{"report.vault.rows", kFlows},
    ListSpec{"report.vault.vaults", kFlowSums},
    ListSpec{"report.vault.totals", kFlowSums},
    ListSpec{"report.fees.rows", kFeeRows},
    ListSpec{"report.fees.totals", kFeeTotals},
    ListSpec{"report.sweeps.rows", kSweepRows},
    ListSpec{"report.sweeps.totals", kSweepTotals},
    ListSpec{"api.describe.methods", kMethods},
    ListSpec{"api.describe.errors", kErrors},
    ListSpec{"user.list", kUsers},
    ListSpec{"session.list", kSessions},
    ListSpec{"token.list", kTokens},
    ListSpec{"key.list", kKeys},
    ListSpec{"backup.list", kBackups},
    ListSpec{"risk.show", kCaps},
    ListSpec{"risk.set", kCaps},
    ListSpec{"alert.list", kAlerts},
    ListSpec{"alert.ack", kAlerts},
    ListSpec{"alert.test.deliveries", kDeliveries},
    ListSpec{"account.list", kAccounts},
    ListSpec{"account.show.wallets", kWallets},
    ListSpec{"account.exchanges", kExchanges},
    ListSpec{"account.unattributed", kUnattributed},
    ListSpec{"vault.list", kVaults},
    ListSpec{"vault.history", kHistory},
    ListSpec{"sleeve.list", kSleeves},
    ListSpec{"position.list", kPositions},
    ListSpec{"position.show", kPositions},
    ListSpec{"position.resolve", kPositions},
    ListSpec{"position.write_down", kPositions},
    ListSpec{"position.adopt", kPositions},
    ListSpec{"sleeve.show.positions", kPositions},
    ListSpec{"sleeve.set.positions", kPositions},
    ListSpec{"sleeve.strategy.positions", kPositions},
    ListSpec{"sleeve.mode.positions", kPositions},
    ListSpec{"preset.apply.positions", kPositions},
    ListSpec{"sleeve.history", kSleeveHistory},
    ListSpec{"preset.list", kPresets},
    ListSpec{"preset.diff", kPresetDiff},
    ListSpec{"market.pairs", kPairs},
    ListSpec{"market.prices", kPrices},
    ListSpec{"market.candles", kCandles},
    ListSpec{"replay.status", kReplays},
    ListSpec{"job.list", kJobs},
    ListSpec{"batch", kBatch},
    ListSpec{"ledger.list", kEntries},
    ListSpec{"vault.pairs.pairs", kPairs},
    ListSpec{"pauses", kPauses},
    ListSpec{"sleeve.show.pauses", kPauses},
    ListSpec{"sleeve.set.pauses", kPauses},
    ListSpec{"sleeve.strategy.pauses", kPauses},
    ListSpec{"sleeve.mode.pauses", kPauses},
    ListSpec{"preset.apply.pauses", kPauses},
    ListSpec{"status.pauses", kPauses},
    ListSpec{"config.show.keys", kConfigKeys},
    ListSpec{"config.check.changes", kConfigChanges},
    ListSpec{"config.reload.changes", kConfigChanges},
    ListSpec{"script.check.faults", kScriptFaults},
    ListSpec{"script.check.reasons", kScriptReasons},
    ListSpec{"script.check.orders", kScriptOrders},
    ListSpec{"decision.why.before", kDecisions},
    ListSpec{"ledger.verify.problems", kVerified},
    ListSpec{"decision.list", kDecisions},
    ListSpec{"order.list", kOrders},
    ListSpec{"order.explain.postings", kPostings},
    ListSpec{"trade.explain.postings", kPostings},
    ListSpec{"sweep.explain.postings", kPostings},
    ListSpec{"user.show.accounts", kUserAccounts},
    ListSpec{"user.show.vaults", kVaults},
    ListSpec{"user.show.totals", kUserTotals},
    ListSpec{"order.show.fills", kTrades},
    ListSpec{"trade.list", kTrades},
    ListSpec{"sweep.list", kSweeps},
    ListSpec{"events", kEvents},
    ListSpec{"audit.list", kAudit},
    ListSpec{"report.pnl", kPnl},
    ListSpec{"report.pnl.rows", kPnl},
    ListSpec{"report.pnl.sleeves", kPnl},
    ListSpec{"report.pnl.totals", kPnl},
};

// Four figures of what is below one stay: 0.0057 ETH is not 0 ETH.
int places_to_keep(std::string_view text, int places) {
    const auto point = text.find('.');
    const auto first = text.find_first_of("123456789");
    if (first == std::string_view::npos || first < point) return places;
    return std::clamp(static_cast<int>(first - point) + 3, places, kAllPlaces);
}

std::string cut_decimal(std::string_view text, int places) {
    const auto parsed = Decimal::parse(text);
    if (!parsed || text.find('.') == std::string_view::npos) return std::string(text);
    places = places_to_keep(text, places);
    return round_places(parsed.value(), places, Rounding::Down).text();
}

std::string joined(const json::array& items, int places) {
    std::string out;
    for (const auto& item : items) {
        if (!out.empty()) out += item.is_object() ? "; " : ",";
        out += cell_text(item, places);
    }
    return out.empty() ? "-" : out;
}

std::string text_of(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

bool has_text(const json::object& object, std::initializer_list<std::string_view> keys) {
    return std::ranges::all_of(keys, [&](std::string_view key) {
        const auto* value = object.if_contains(key);
        return value != nullptr && value->is_string();
    });
}

// Empty: an object that nobody has words for.
std::string words_of(const json::object& object) {
    if (has_text(object, {"level", "state", "by", "why"})) {
        const std::string why = text_of(object, "why");
        const std::string who = text_of(object, "state") + " by " + text_of(object, "by");
        return why.empty() ? who : who + ": " + why;
    }
    if (has_text(object, {"pair", "quantity", "average_price"}))
        return text_of(object, "quantity") + " " + text_of(object, "pair") + " at " +
               text_of(object, "average_price");
    if (has_text(object, {"target", "state", "problem"})) {
        const std::string problem = text_of(object, "problem");
        const std::string told = text_of(object, "target") + " " + text_of(object, "state");
        return problem.empty() ? told : told + ": " + problem;
    }
    if (has_text(object, {"name", "type", "doc"})) return text_of(object, "name");
    if (has_text(object, {"account", "asset", "amount"}))
        return text_of(object, "account") + " " + text_of(object, "amount") + " " +
               text_of(object, "asset");
    if (has_text(object, {"asset", "amount"}) && object.size() == 2)
        return text_of(object, "amount") + " " + text_of(object, "asset");
    return {};
}

}  // namespace

std::span<const ColumnSpec> columns_of(std::string_view list) {
    for (const ListSpec& spec : kLists)
        if (spec.list == list) return spec.columns;
    return {};
}

const json::value* at_path(const json::value& value, std::string_view path) {
    const json::value* here = &value;
    while (here != nullptr && !path.empty()) {
        const auto dot = path.find('.');
        const auto* object = here->if_object();
        here = object == nullptr ? nullptr : object->if_contains(path.substr(0, dot));
        path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    }
    return here;
}

std::string cell_text(const json::value& value, int places) {
    if (value.is_null()) return "-";
    if (value.is_bool()) return value.get_bool() ? "yes" : "no";
    if (value.is_array()) return joined(value.get_array(), places);
    if (has_words(value)) return words_of(value.get_object());
    if (!value.is_string()) return protocol::to_compact(value);
    const std::string_view text = value.get_string();
    if (text.empty()) return "-";
    return places < kAllPlaces ? cut_decimal(text, places) : std::string(text);
}

bool has_words(const json::value& value) {
    return value.is_object() && !words_of(value.get_object()).empty();
}

bool is_figure(const json::value& value) {
    if (value.is_number()) return true;
    return value.is_string() && Decimal::parse(std::string_view(value.get_string())).has_value();
}

}  // namespace vault::render
