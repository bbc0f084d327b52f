#include "daemon/config/keys.hpp"
#include "daemon/config/pairs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace vault::config {
namespace {

constexpr std::string_view kHead =
    R"(# Configuration of vaultd: every key at its default. Leave out what you do not change.
# Check a file with: vaultctl config check FILE. Apply a change with: vaultctl config reload --wait
# A variable VAULTD_SECTION_KEY goes before the file, such as VAULTD_STORE_DISK_ALERT_PCT=70.
# Durations: 250ms, 30s, 15m, 8h, 1d12h. Paths without a leading / are below the state directory.
)";

constexpr std::string_view kPairsDoc =
    R"(  # The pairs of the simulated exchange. These are built in; an entry changes one or adds
  # another. tick: price step, lot: quantity step, min_cost: least order in quote units,
  # min_quantity: least order in base units; 0 to 1000000000, tick and lot above 0. status: trading
  # (default), reduce_only, cancel_only, halted or delisted; renamed_to: the pair's new name, which
  # delists the old one. A reload applies status, renamed_to and the minima, the rest a restart.
  pairs:
)";

constexpr std::string_view kTargetsDoc =
    R"(  # Whom to tell; nobody if the list is empty. A reload applies it.
  # name: a word, and one of these three. url: where alerts are POSTed as JSON, with secret_file: a
  # file of mode 0600 whose content signs them (vaultd(8)), and ca_file: trusted roots, if not
  # those of the system. mail: an address. command: a program by its absolute path, and its
  # arguments, that reads the JSON. Then severity: this and graver, one of info, warning (default)
  # or critical; quiet: a window of the day in UTC in which only critical alerts are sent; users:
  # only what is theirs.
  # - {name: ops, url: "https://host/path", secret_file: ops.secret, severity: warning,
  #    quiet: "22:00-06:00", users: [alice]}
  # - {name: mails, mail: ops@example.org, severity: critical}
  # - {name: room, command: [/usr/local/bin/tell-room, vaults]}
  targets: []
)";

std::vector<std::string_view> parts_of(std::string_view name) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t dot = name.find('.');
        parts.push_back(name.substr(0, dot));
        if (dot == std::string_view::npos) return parts;
        name.remove_prefix(dot + 1);
    }
}

// Opens the sections in which `parts` differs from the key before it.
void open_sections(std::string& out, const std::vector<std::string_view>& parts,
                   const std::vector<std::string_view>& before) {
    std::size_t same = 0;
    while (same + 1 < std::min(parts.size(), before.size()) && parts[same] == before[same])
        ++same;
    for (std::size_t depth = same; depth + 1 < parts.size(); ++depth)
        out += fmt::format("{}{:{}}{}:\n", depth == 0 ? "\n" : "", "", 2 * depth, parts[depth]);
}

}  // namespace

std::string example_yaml() {
    std::string out{kHead};
    std::vector<std::string_view> before;
    const auto lists_after = [&](std::string_view next) {
        if (before.empty() || before.front() == next) return;
        if (before.front() == "alerts") out += kTargetsDoc;
        if (before.front() != "paper") return;
        out += kPairsDoc;
        for (const PairRules& rules : built_in_pairs())
            out += fmt::format("    - {}\n", to_yaml(rules));
    };
    for (const Key& key : keys()) {
        const std::vector<std::string_view> parts = parts_of(key.name);
        lists_after(parts.front());
        open_sections(out, parts, before);
        const std::size_t indent = 2 * (parts.size() - 1);
        out += fmt::format("{:{}}# {}\n{:{}}# {}: {}; default {}{}\n", "", indent, key.doc, "",
                           indent, key.type, range_text(key), key.fallback,
                           key.live ? "" : "; needs a restart");
        out += fmt::format("{:{}}{}: {}\n", "", indent, parts.back(), key.fallback);
        before = parts;
    }
    return out;
}

}  // namespace vault::config
