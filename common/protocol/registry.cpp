#include "common/protocol/registry.hpp"

#include "common/protocol/method_tables.hpp"

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace vault::protocol {

std::span<const Method> methods() {
    static const std::vector<Method> table = [] {
        std::vector<Method> rows;
        for (const auto part :
             {daemon_methods(), identity_methods(), key_methods(), secret_methods(),
              backup_methods(), vault_methods(), preset_methods(), risk_methods(), market_methods(),
              books_methods(), audit_methods(), event_methods(), alert_methods()})
            rows.insert(rows.end(), part.begin(), part.end());
        return rows;
    }();
    return table;
}

const Method* find_method(std::string_view name) {
    static const std::unordered_map<std::string_view, const Method*> by_name = [] {
        std::unordered_map<std::string_view, const Method*> rows;
        for (const Method& method : methods())
            rows.emplace(method.name, &method);
        return rows;
    }();
    const auto row = by_name.find(name);
    return row == by_name.end() ? nullptr : row->second;
}

const Method* find_command(std::string_view noun, std::string_view verb) {
    if (verb.empty()) return nullptr;
    const auto matches = [&](const Method& m) { return m.noun == noun && m.verb == verb; };
    const auto row = std::ranges::find_if(methods(), matches);
    return row == methods().end() ? nullptr : &*row;
}

const Param* find_param(const Method& method, std::string_view name) {
    const auto row = std::ranges::find(method.params, name, &Param::name);
    return row == method.params.end() ? nullptr : &*row;
}

bool is_allowed(std::string_view allowed, std::string_view word) {
    while (!allowed.empty()) {
        const auto bar = allowed.find('|');
        if (allowed.substr(0, bar) == word) return true;
        if (bar == std::string_view::npos) return false;
        allowed.remove_prefix(bar + 1);
    }
    return false;
}

std::string_view to_text(ParamType type) {
    switch (type) {
        case ParamType::Text: return "string";
        case ParamType::Decimal: return "decimal";
        case ParamType::Integer: return "integer";
        case ParamType::Bool: return "bool";
        case ParamType::Time: return "time";
        case ParamType::Duration: return "duration";
        case ParamType::Enum: return "enum";
        case ParamType::Asset: return "asset";
        case ParamType::Pair: return "pair";
        case ParamType::Map: return "map";
        case ParamType::Json: return "json";
    }
    return "";
}

std::string_view to_text(Place place) {
    switch (place) {
        case Place::Positional: return "word";
        case Place::Flag: return "flag";
        case Place::Hidden: return "hidden";
    }
    return "";
}

std::string_view to_text(Object object) {
    switch (object) {
        case Object::Daemon: return "daemon";
        case Object::User: return "user";
        case Object::Session: return "session";
        case Object::Token: return "token";
        case Object::Factor: return "factor";
        case Object::Account: return "account";
        case Object::Key: return "key";
        case Object::Vault: return "vault";
        case Object::Sleeve: return "sleeve";
        case Object::Position: return "position";
        case Object::Preset: return "preset";
        case Object::Market: return "market";
        case Object::Replay: return "replay";
        case Object::Job: return "job";
        case Object::Ledger: return "ledger";
        case Object::Decision: return "decision";
        case Object::Order: return "order";
        case Object::Trade: return "trade";
        case Object::Sweep: return "sweep";
        case Object::Report: return "report";
        case Object::Audit: return "audit";
    }
    return "";
}

std::string_view to_text(Right right) {
    switch (right) {
        case Right::Read: return "read";
        case Right::Trade: return "trade";
        case Right::Allocate: return "allocate";
        case Right::Keys: return "keys";
        case Right::Reports: return "reports";
        case Right::Live: return "live";
        case Right::Admin: return "admin";
        case Right::Open: return "open";
        case Right::Session: return "session";
        case Right::Self: return "self";
        case Right::Moderate: return "moderate";
        case Right::Audit: return "audit";
    }
    return "";
}

std::string_view to_text(Risk risk) {
    switch (risk) {
        case Risk::Lowers: return "lowers";
        case Risk::Neutral: return "neutral";
        case Risk::Raises: return "raises";
    }
    return "";
}

}  // namespace vault::protocol
