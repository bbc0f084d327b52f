#include "tests/tidy/arrows.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace vault::tidy {
namespace {

using Rooms = std::set<std::string>;

const std::map<std::string, Rooms>& arrows() {
    static const Rooms outer{"base", "domain", "ports", "runtime"};
    static const auto with = [](Rooms rooms, std::initializer_list<const char*> more) {
        rooms.insert(more.begin(), more.end());
        return rooms;
    };
    static const Rooms values{"base", "domain"};
    static const std::map<std::string, Rooms> table{
        {"base", {}},
        {"domain", {"base"}},
        {"chart", values},
        {"protocol", values},
        {"config", values},
        {"ports", values},
        {"runtime", {"base"}},
        {"ledger", values},
        {"market", values},
        {"candles", values},
        {"model", values},
        {"strategy", with(values, {"market", "ports"})},
        {"risk", with(values, {"ledger", "market"})},
        {"exchange/sim", with(values, {"market"})},
        {"engine", with(outer, {"ledger", "market", "strategy", "risk", "exchange/sim"})},
        {"exchange", outer},
        {"exchange/paper", with(outer, {"exchange", "exchange/sim", "candles"})},
        {"store", with(outer, {"ledger"})},
        {"cluster", outer},
        {"identity", outer},
        {"secrets", outer},
        {"notify", outer},
        {"runner", outer},
        {"report", with(values, {"ports", "ledger", "risk"})},
        {"control", with(outer, {"protocol", "report"})},
        {"web", with(outer, {"protocol", "report", "chart"})},
        {"lab", with(values, {"ports", "ledger", "market", "candles", "strategy", "model", "risk",
                              "engine", "exchange/sim", "report", "chart"})},
        {"cli/client", with(values, {"protocol", "chart"})},
        {"cli/render", with(values, {"protocol", "chart", "cli/client"})},
        {"cli/top", with(values, {"protocol", "cli/client", "cli/render"})},
        {"cli/command", with(values, {"protocol", "chart", "cli/client", "cli/render", "cli/top"})},
        {"cli", with(values, {"protocol", "chart", "cli/client", "cli/render", "cli/command"})},
    };
    return table;
}

struct Library {
    std::string_view start;
    Rooms rooms;
};
const std::vector<Library>& libraries() {
    static const std::vector<Library> list{
        {"pqxx", {"store"}},
        {"sqlite3", {"store"}},
        {"hiredis", {"cluster"}},
        {"yaml-cpp", {"config"}},
        {"simdjson", {"exchange"}},
        {"sodium", {"base", "secrets", "identity"}},
        {"xgboost", {"lab"}},
        {"boost/beast", {"runtime", "web"}},
        {"boost/asio/ssl", {"runtime"}},
        {"openssl", {"base", "exchange", "secrets", "identity", "runtime"}},
    };
    return list;
}

bool is_pure(const std::string& room) {
    static const Rooms pure{"base",   "domain",  "chart", "protocol", "config", "ledger",
                            "market", "candles", "model", "strategy", "risk",   "exchange/sim"};
    return pure.contains(room);
}

std::string_view take_part(std::string_view& path) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
    return part;
}

bool may_show(const std::string& from, const std::string& to) {
    if (from == to || from == "tests") return true;
    if (to == "tests") return false;
    if (from == "app") return !to.starts_with("cli");
    const auto row = arrows().find(from);
    if (row == arrows().end()) return false;
    return row->second.contains(to);
}

}  // namespace

std::string room_of(std::string_view path) {
    const std::string_view top = take_part(path);
    if (top == "tests") return "tests";
    const bool in_folder = path.find('/') != std::string_view::npos;
    if (top == "cli") return in_folder ? "cli/" + std::string{take_part(path)} : "cli";
    if (top == "common") return std::string{take_part(path)};
    if (top != "daemon") return {};
    if (!in_folder) return "app";  // daemon/main.cpp
    const std::string room{take_part(path)};
    const std::string_view inner = take_part(path);
    if (room == "exchange" && (inner == "sim" || inner == "paper"))
        return "exchange/" + std::string{inner};
    return room;
}

void check_arrows(const Source& source, std::vector<Fault>& faults) {
    const std::string from = room_of(source.path);
    for (const Include& include : source.includes) {
        const std::string to = room_of(include.target);
        if (include.angled) {
            if (!to.empty())
                faults.push_back({source.path, include.line, "include",
                                  "our own header <" + include.target + "> needs quotes"});
            continue;
        }
        if (to.empty())
            faults.push_back({source.path, include.line, "include",
                              "\"" + include.target + "\" is not a path from the root"});
        else if (!may_show(from, to))
            faults.push_back(
                {source.path, include.line, "arrow",
                 "room " + from + " may not include " + to + " (" + include.target + ")"});
    }
}

void check_third_party(const Source& source, std::vector<Fault>& faults) {
    const std::string room = room_of(source.path);
    if (room == "tests") return;
    const std::string family = room.substr(0, room.find('/'));
    for (const Include& include : source.includes) {
        if (!include.angled) continue;
        for (const Library& library : libraries()) {
            if (!include.target.starts_with(library.start)) continue;
            if (!library.rooms.contains(family))
                faults.push_back({source.path, include.line, "third-party",
                                  "<" + include.target + "> does not belong in room " + room});
            if (is_header(source))
                faults.push_back({source.path, include.line, "third-party",
                                  "<" + include.target + "> in a header of ours"});
        }
        const bool asio =
            include.target.starts_with("boost/asio") || include.target.starts_with("boost/beast");
        if (!asio) continue;
        const bool pure_port = source.path == "daemon/ports/strategy.hpp" ||
                               source.path == "daemon/ports/predictor.hpp";
        if (is_pure(room) || pure_port)
            faults.push_back({source.path, include.line, "third-party",
                              "<" + include.target + "> in a room that is free of Asio"});
    }
}

void check_circles(const std::vector<Source>& sources, std::vector<Fault>& faults) {
    std::map<std::string, Rooms> graph;
    for (const Source& source : sources)
        for (const Include& include : source.includes) {
            const std::string from = room_of(source.path);
            const std::string to = room_of(include.target);
            if (!include.angled && from != to && !to.empty() && from != "tests")
                graph[from].insert(to);
        }
    // Rooms that nobody below them shows are taken away until none is left, or a circle.
    for (bool changed = true; changed;) {
        changed = false;
        for (auto room = graph.begin(); room != graph.end();) {
            const bool leaf =
                std::none_of(room->second.begin(), room->second.end(),
                             [&](const std::string& to) { return graph.contains(to); });
            room = leaf ? graph.erase(room) : std::next(room);
            changed = changed || leaf;
        }
    }
    if (graph.empty()) return;
    std::string names;
    for (const auto& [room, others] : graph)
        names += (names.empty() ? "" : ", ") + room;
    faults.push_back({"(all)", 0, "circle", "rooms in or above a circle of includes: " + names});
}

}  // namespace vault::tidy
