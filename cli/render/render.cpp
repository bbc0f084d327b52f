#include "cli/render/render.hpp"

#include "cli/render/alerts.hpp"
#include "cli/render/events.hpp"
#include "cli/render/html.hpp"
#include "cli/render/identity_pages.hpp"
#include "cli/render/key_pages.hpp"
#include "cli/render/lists.hpp"
#include "cli/render/operator_pages.hpp"
#include "cli/render/pages.hpp"
#include "cli/render/plain.hpp"
#include "cli/render/record_columns.hpp"
#include "cli/render/risk_pages.hpp"
#include "common/protocol/codec.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <array>

namespace vault::render {
namespace {

constexpr std::array<std::pair<std::string_view, Format>, 7> kFormats{{{"table", Format::Table},
                                                                       {"wide", Format::Wide},
                                                                       {"json", Format::Json},
                                                                       {"jsonl", Format::Jsonl},
                                                                       {"csv", Format::Csv},
                                                                       {"plain", Format::Plain},
                                                                       {"html", Format::Html}}};

std::string json_document(const Document& document) {
    json::object out;
    out["schema"] = fmt::format("vault.{}/1", document.method);
    out["ok"] = document.ok;
    out["data"] = *document.data;
    json::array warnings;
    for (const auto& warning : document.warnings)
        warnings.emplace_back(warning);
    out["warnings"] = std::move(warnings);
    return protocol::to_line(out);
}

std::string json_lines(const json::value& data) {
    if (!data.is_array()) return protocol::to_line(data);
    std::string out;
    for (const auto& item : data.get_array())
        out += protocol::to_line(item);
    return out;
}

// vault.history is a list of series; a table or CSV has one row per day and sleeve instead.
json::array day_rows(const json::array& series) {
    json::array rows;
    for (const auto& one : series) {
        const auto* points = at_path(one, "points");
        if (points == nullptr || !points->is_array()) continue;
        for (const auto& point : points->get_array()) {
            if (!point.is_object()) continue;
            json::object row;
            for (const auto& member : one.get_object())
                if (member.key() != "points") row.insert(member);
            for (const auto& member : point.get_object())
                row.insert(member);
            rows.emplace_back(std::move(row));
        }
    }
    return rows;
}

// The schemas of api.describe are for programs; its parameters say the same to people.
json::value without_schemas(json::value data) {
    auto* object = data.if_object();
    auto* methods = object == nullptr ? nullptr : object->if_contains("methods");
    if (methods == nullptr || !methods->is_array()) return data;
    for (auto& method : methods->get_array())
        if (method.is_object()) method.get_object().erase("params_schema");
    return data;
}

// What people and CSV see of a method's data; JSON and plain lines never go through here.
json::value shown_data(const Document& document) {
    if (document.method == "metrics") return metric_rows(*document.data);
    if (document.method != "vault.history" || !document.data->is_array()) return *document.data;
    return day_rows(document.data->get_array());
}

// What CSV shows as rows: the list itself, the `rows` of a report, or the one object.
json::array rows_of(const json::value& data) {
    if (data.is_array()) return data.get_array();
    if (data.is_object()) {
        const auto* rows = data.get_object().if_contains("rows");
        if (rows != nullptr && rows->is_array()) return rows->get_array();
    }
    return data.is_null() ? json::array() : json::array(1, data);
}

std::string csv_text(const Document& document) {
    return csv_of(record_columns(document.method), rows_of(shown_data(document)));
}

// "vault sleeve" of a row as the words that a command takes: v1 flash.
std::string words_of_row(const json::object& row, std::string_view names) {
    std::string out;
    while (!names.empty()) {
        const auto blank = names.find(' ');
        const auto* value = row.if_contains(names.substr(0, blank));
        if (!out.empty()) out += ' ';
        out += value == nullptr ? "-" : printable(cell_text(*value, kAllPlaces));
        names.remove_prefix(blank == std::string_view::npos ? names.size() : blank + 1);
    }
    return out + '\n';
}

std::string scalar_lines(const json::array& items) {
    std::string out;
    for (const auto& item : items)
        out += printable(cell_text(item, kAllPlaces)) + '\n';
    return out;
}

std::string event_page(const json::array& events, bool bold) {
    std::string out;
    for (const auto& event : events)
        if (event.is_object()) out += event_lines(event.get_object(), bold);
    return out;
}

std::string alerts_page(const json::array& alerts, bool bold) {
    std::string out;
    for (const auto& alert : alerts)
        if (alert.is_object()) out += alert_lines(alert.get_object(), bold);
    return out;
}

std::string page(const Document& document, const Look& look) {
    if (document.method == "metrics") return prometheus_text(*document.data);
    if (document.method == "config.show" && look.format == Format::Table &&
        document.data->is_object())
        return config_page(document.data->get_object(), look);
    if (document.method == "doctor" && document.data->is_object())
        return doctor_page(document.data->get_object(), look);
    if (document.method == "whoami" && document.data->is_object())
        return whoami_page(document.data->get_object());
    if (document.method == "mfa.confirm" && document.data->is_object())
        return recovery_page(document.data->get_object());
    if (tells_key(document.method) && document.data->is_object())
        return key_page(document.data->get_object());
    if (document.method == "key.policy" && document.data->is_object())
        return key_policy_page(document.data->get_object());
    if (document.method == "risk.test" && document.data->is_object())
        return risk_test_page(document.data->get_object(), look);
    if (document.method == "api.errors" && document.data->is_object())
        return errors_page(document.data->get_object());
    const json::value data =
        document.method == "api.describe" ? without_schemas(*document.data) : shown_data(document);
    if (data.is_array()) {
        const json::array& rows = data.get_array();
        if (document.method == "events" && look.format == Format::Table && !rows.empty())
            return event_page(rows, look.bold);
        if (document.method == "risk.explain") return caps_page(rows, look);
        const bool alerts = document.method == "alert.list" || document.method == "alert.ack";
        if (alerts && look.format == Format::Table && !rows.empty())
            return alerts_page(rows, look.bold);
        const bool objects = !rows.empty() && rows.front().is_object();
        return objects || rows.empty() ? list_table(document.method, rows, look)
                                       : scalar_lines(rows);
    }
    if (!data.is_object()) return data.is_null() ? "" : cell_text(data, kAllPlaces) + '\n';
    const json::object& object = data.get_object();
    const bool is_vault = object.contains("quiet") && object.contains("tradeable");
    return is_vault ? vault_page(object, look) : object_page(document.method, object, look);
}

}  // namespace

std::optional<Format> parse_format(std::string_view text) {
    for (const auto& [name, format] : kFormats)
        if (name == text) return format;
    return std::nullopt;
}

std::string to_text(const Document& document, const Look& look) {
    switch (look.format) {
        case Format::Table:
        case Format::Wide: return page(document, look);
        case Format::Json: return json_document(document);
        case Format::Jsonl: return json_lines(*document.data);
        case Format::Csv: return csv_text(document);
        case Format::Plain:
            return document.method == "metrics" ? prometheus_text(*document.data)
                                                : plain_lines(*document.data);
        case Format::Html: return html_page(document);
    }
    return {};
}

std::string primary_value(const json::value& data, std::string_view primary) {
    if (data.is_array()) {
        std::string out;
        for (const auto& item : data.get_array())
            out += primary_value(item, primary);
        return out;
    }
    if (!data.is_object()) return printable(cell_text(data, kAllPlaces)) + '\n';
    const json::object& object = data.get_object();
    if (primary.find(' ') != std::string_view::npos) return words_of_row(object, primary);
    const auto dot = primary.find('.');
    const auto* value = object.if_contains(primary.substr(0, dot));
    if (value == nullptr) return {};
    if (dot != std::string_view::npos) return primary_value(*value, primary.substr(dot + 1));
    if (value->is_array()) return scalar_lines(value->get_array());
    return printable(cell_text(*value, kAllPlaces)) + '\n';
}

json::object failure_object(const protocol::Failure& failure, std::string_view idem_key) {
    json::object error;
    error["code"] = failure.code;
    error["message"] = failure.message;
    error["effect"] = protocol::to_text(failure.effect);
    error["hint"] = failure.hint;
    error["retryable"] = failure.retryable;
    if (failure.retry_after) error["retry_after_ms"] = failure.retry_after->count();
    if (!failure.field.empty()) error["field"] = failure.field;
    if (!idem_key.empty()) error["idem_key"] = idem_key;
    return error;
}

std::string failure_document(const protocol::Failure& failure, std::string_view idem_key) {
    json::object out;
    out["schema"] = "vault.error/1";
    out["ok"] = false;
    out["error"] = failure_object(failure, idem_key);
    return protocol::to_line(out);
}

std::string failure_line(const protocol::Failure& failure, std::string_view idem_key) {
    std::string line = fmt::format("vaultctl: {}: {}", failure.code, failure.message);
    std::string hint = failure.hint;
    if (failure.retry_after)
        hint += fmt::format("{}try again in {}", hint.empty() ? "" : "; ",
                            format_duration(*failure.retry_after));
    if (!hint.empty()) line += fmt::format(" ({})", hint);
    if (!idem_key.empty() && failure.effect == protocol::Effect::Unknown)
        line += fmt::format(" [--idem-key {}]", idem_key);
    return printable(line) + '\n';
}

}  // namespace vault::render
