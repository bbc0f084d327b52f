#include "cli/render/columns.hpp"
#include "cli/top/cells.hpp"
#include "cli/top/parts.hpp"
#include "cli/top/table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::top {
namespace {

constexpr int kRoomy = 70;  // with less, version, uptime and date are left out

// A picture older than two intervals is late, and says so.
bool late(const Picture& picture) {
    return picture.link.silent > 2 * picture.interval + Duration{500};
}

// The two largest units: "3d4h", "12s".
std::string span_text(std::int64_t ms) {
    const std::int64_t s = std::max<std::int64_t>(ms, 0) / 1000;
    if (s < 60) return fmt::format("{}s", s);
    if (s < 3600) return fmt::format("{}m{}s", s / 60, s % 60);
    if (s < 86'400) return fmt::format("{}h{}m", s / 3600, s % 3600 / 60);
    return fmt::format("{}d{}h", s / 86'400, s % 86'400 / 3600);
}

const json::value* at(const json::object& document, std::string_view path) {
    const json::object* object = &document;
    for (auto dot = path.find('.'); dot != path.npos; dot = path.find('.')) {
        const json::value* inner = object->if_contains(path.substr(0, dot));
        object = inner == nullptr ? nullptr : inner->if_object();
        if (object == nullptr) return nullptr;
        path.remove_prefix(dot + 1);
    }
    return object->if_contains(path);
}

bool flag_at(const json::object& document, std::string_view path) {
    const json::value* value = at(document, path);
    return value != nullptr && value->is_bool() && value->get_bool();
}

Piece link_piece(const Picture& picture, const ViewState& state) {
    const std::string silence = span_text(picture.link.silent.count());
    if (picture.link.state == Link::State::Lost)
        return {fmt::format("connection lost, retrying ({}) ", silence), Ink::Bad};
    if (state.frozen) return {fmt::format("paused {} ", silence), Ink::Bar};
    if (picture.document == nullptr) return {"connecting ", Ink::Bar};
    if (late(picture)) return {fmt::format("no answer for {} ", silence), Ink::Bad};
    return {fmt::format("every {} ", format_duration(picture.interval)), Ink::Bar};
}

Line first_line(const Picture& picture, const ViewState& state, const Canvas& canvas) {
    Line left{{" vaultd", Ink::Bar}};
    Line right;
    if (picture.document != nullptr) {
        const json::object& document = *picture.document;
        const std::string daemon(word_at(document, "state"));
        if (canvas.width >= kRoomy)
            left.push_back({' ' + printable(word_at(document, "version"), canvas.ascii), Ink::Bar});
        left.push_back({"  ", Ink::Bar});
        left.push_back({printable(daemon, canvas.ascii),
                        daemon == "running" ? Ink::Bar : ink_of_state(daemon)});
        const json::value* up = at(document, "uptime_ms");
        if (up != nullptr && up->is_int64() && canvas.width >= kRoomy)
            left.push_back({"  up " + span_text(up->get_int64()), Ink::Bar});
        // Without a daemon its clock stands still: better none.
        const bool lost = picture.link.state == Link::State::Lost;
        const std::string_view now = lost ? std::string_view() : word_at(document, "now");
        if (now.size() >= 19 && canvas.width >= kRoomy)
            right.push_back(
                {fmt::format("{} {} UTC  ", now.substr(0, 10), now.substr(11, 8)), Ink::Bar});
        if (now.size() >= 19 && canvas.width < kRoomy)
            right.push_back({fmt::format("{}  ", now.substr(11, 8)), Ink::Bar});
    }
    if (!canvas.still) right.push_back(link_piece(picture, state));
    return spread(std::move(left), std::move(right), canvas.width, canvas.ascii);
}

// What calls for a person comes first: on a narrow terminal the end of the line is cut.
Line store_line(const json::object& document) {
    const auto count = [&](std::string_view path) { return count_at(document, path); };
    const bool writable = flag_at(document, "store.writable");
    const bool full = flag_at(document, "store.alert") || flag_at(document, "store.buys_stopped");
    Line facts{
        {fmt::format("batch {}  lag {}", count("batch.last"), count("batch.lag"))},
        {writable ? "store ok" : "store takes no writes", writable ? Ink::Plain : Ink::Bad},
        {fmt::format("disk {} %", count("store.disk_used_pct")), full ? Ink::Bad : Ink::Plain}};
    if (flag_at(document, "store.buys_stopped")) facts.push_back({"buys stopped", Ink::Bad});
    if (flag_at(document, "store.full_check_failed")) {
        facts.push_back({"books wrong: vaultctl ledger verify --all", Ink::Bad});
    } else {
        const bool checked = flag_at(document, "store.full_check_done");
        facts.push_back({checked ? "books checked" : "checking books"});
    }
    if (count("batch.reloads") != "0")
        facts.push_back({"reloads " + count("batch.reloads"), Ink::Warn});
    std::ranges::stable_partition(facts, [](const Piece& fact) { return fact.ink == Ink::Bad; });
    Line line;
    for (Piece& fact : facts) {
        line.push_back({line.empty() ? " " : "  ", Ink::Plain});
        line.push_back(std::move(fact));
    }
    return line;
}

std::string rate_text(std::optional<double> rate) {
    if (!rate) return "-";
    return *rate < 9.95 ? fmt::format("{:.1f}", *rate) : fmt::format("{:.0f}", *rate);
}

Line rates_line(const Picture& picture) {
    const Rates rates = picture.link.state == Link::State::Lost ? Rates{} : picture.rates;
    return {{fmt::format(" per second: ticks {}  evaluations {}  commits {}  calls {}",
                         rate_text(rates.ticks), rate_text(rates.evaluations),
                         rate_text(rates.commits), rate_text(rates.calls)),
             Ink::Plain}};
}

Line counts_line(const json::object& document) {
    Line line{{fmt::format(" vaults {} of {} users  open {}  orders {}",
                           count_at(document, "counts.vaults"), count_at(document, "counts.users"),
                           count_at(document, "counts.open_positions"),
                           count_at(document, "counts.live_orders")),
               Ink::Plain}};
    const auto add = [&](std::string_view name, std::string_view path, Ink ink) {
        const std::string count = count_at(document, path);
        if (count != "0" && count != "-")
            line.push_back({fmt::format("  {} {}", name, count), ink});
    };
    add("unresolved", "counts.unresolved_orders", Ink::Bad);
    add("attention", "counts.attention", Ink::Bad);
    add("paused", "counts.paused_sleeves", Ink::Warn);
    add("replays", "counts.running_replays", Ink::Plain);
    return line;
}

}  // namespace

std::string count_at(const json::object& document, std::string_view path) {
    const json::value* value = at(document, path);
    return value == nullptr || !value->is_number() ? "-" : render::cell_text(*value, 0);
}

Line spread(Line left, Line right, int width, bool ascii) {
    const int room = std::max(0, width - cells_of(right));
    Line line = fitted(std::move(left), room, ascii);
    for (Piece& piece : right)
        line.push_back(std::move(piece));
    return fitted(std::move(line), width, ascii);
}

std::vector<Line> header_lines(const Picture& picture, const ViewState& state, const Canvas& canvas,
                               int lines) {
    std::vector<Line> out{first_line(picture, state, canvas)};
    const Link& link = picture.link;
    if (!link.why.empty()) {
        out.push_back({{' ' + printable(link.why, canvas.ascii), Ink::Bad}});
    } else if (picture.document != nullptr) {
        out.push_back(store_line(*picture.document));
    }
    if (picture.document != nullptr) {
        out.push_back(rates_line(picture));
        out.push_back(counts_line(*picture.document));
    }
    out.resize(static_cast<std::size_t>(lines));
    return out;
}

}  // namespace vault::top
