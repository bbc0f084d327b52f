#include "daemon/app/check_report.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace vault::app {

namespace json = boost::json;

namespace {

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

}  // namespace

std::string check_document(const std::string& file, const std::vector<config::Fault>& faults) {
    json::array texts;
    json::array changes;
    for (const config::Fault& fault : faults) {
        const std::string where = config::place_text(fault.at);
        texts.emplace_back(fmt::format("{}{}{}", where, where.empty() ? "" : ": ", fault.message));
        changes.push_back(json::object{{"key", text_or_null(fault.key)},
                                       {"result", "rejected"},
                                       {"where", text_or_null(where)},
                                       {"message", fault.message}});
    }
    const bool ok = faults.empty();
    json::object data{{"ok", ok}, {"result", ok ? "right" : "rejected"}};
    data["message"] =
        ok ? std::string("the configuration is right")
           : fmt::format("{} {} wrong", faults.size(), faults.size() == 1 ? "is" : "are");
    data["file"] = text_or_null(file);
    if (!ok) data["faults"] = std::move(texts);
    data["changes"] = std::move(changes);
    const json::object document{{"schema", "vault.config.check/1"},
                                {"ok", ok},
                                {"data", std::move(data)},
                                {"warnings", json::array{}}};
    return json::serialize(document) + '\n';
}

}  // namespace vault::app
