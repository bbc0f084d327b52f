// What a checked script is told by: the document of vaultctl script check.
#include "daemon/app/script_check.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace vault::app {
namespace {

namespace json = boost::json;

json::value percentile(const std::vector<std::uint32_t>& sorted, std::size_t percent) {
    if (sorted.empty()) return nullptr;
    return sorted[(sorted.size() * percent + 99) / 100 - 1];
}

json::array reasons_of(const ScriptReport& report) {
    json::array rows;
    for (const auto& [key, count] : report.reasons)
        rows.push_back(
            json::object{{"action", key.first}, {"reason", key.second}, {"count", count}});
    return rows;
}

json::array faults_of(const ScriptReport& report) {
    json::array rows;
    for (const auto& [name, faults] : report.faults)
        rows.push_back(
            json::object{{"fault", name}, {"count", faults.count}, {"first", faults.first}});
    return rows;
}

json::array acts_of(const ScriptReport& report) {
    json::array rows;
    for (const ScriptAct& act : report.acts) {
        json::object row{{"time", format_utc(act.time)},
                         {"sleeve", act.sleeve},
                         {"price", act.price.value.text()},
                         {"action", ports::to_text(act.decision.action)},
                         {"reason", act.decision.reason}};
        row["fraction"] = act.decision.fraction ? json::value(act.decision.fraction->text())
                                                : json::value(nullptr);
        rows.push_back(std::move(row));
    }
    return rows;
}

json::array texts_of(const std::vector<std::string>& lines) {
    json::array texts;
    for (const std::string& line : lines)
        texts.emplace_back(line);
    return texts;
}

struct Outcome {
    const char* result;
    const char* message;
};

Outcome outcome_of(const ScriptReport& report) {
    if (report.faults.contains("cannot_start"))
        return {"cannot_start", "it cannot be started: see faults"};
    if (report.gave_up) return {"gave_up", "it failed too often in a row: a sleeve would hold now"};
    if (!report.faults.empty()) return {"faults", "it broke the protocol: see faults"};
    if (report.differences > 0) return {"differs", "it decides otherwise than the built-in rules"};
    if (report.decisions == 0) return {"no_ticks", "there was no tick to decide on"};
    return {"kept", "it keeps the protocol"};
}

}  // namespace

std::string script_document(const ScriptCheckSettings& settings, const std::string& market,
                            ScriptReport report) {
    std::sort(report.latencies_us.begin(), report.latencies_us.end());
    const Outcome outcome = outcome_of(report);
    json::object data{{"ok", report.ok()},
                      {"result", outcome.result},
                      {"message", outcome.message},
                      {"market", market},
                      {"ticks", report.ticks},
                      {"sleeves", settings.sleeves},
                      {"decisions", report.decisions},
                      {"trades", report.trades}};
    data["decisions_per_second"] =
        report.seconds > 0
            ? static_cast<std::uint64_t>(static_cast<double>(report.decisions) / report.seconds)
            : 0;
    data["latency_p50_us"] = percentile(report.latencies_us, 50);
    data["latency_p99_us"] = percentile(report.latencies_us, 99);
    data["latency_max_us"] = percentile(report.latencies_us, 100);
    data["starts"] = report.status.starts;
    if (settings.compare) {
        data["differences"] = report.differences;
        if (const auto& first = report.first_difference)
            data["first_difference"] =
                fmt::format("{} {}: it says {}, the built-in rules {}", format_utc(first->time),
                            first->sleeve, first->script, first->built_in);
    }
    data["faults"] = faults_of(report);
    data["reasons"] = reasons_of(report);
    data["orders"] = acts_of(report);
    data["stderr"] = texts_of(report.error_lines);
    json::array warnings;
    for (const std::string& what : report.status.missing)
        warnings.emplace_back("it ran without " + what);
    const json::object document{{"schema", "vault.script.check/1"},
                                {"ok", report.ok()},
                                {"data", std::move(data)},
                                {"warnings", std::move(warnings)}};
    return json::serialize(document) + '\n';
}

}  // namespace vault::app
