#include "daemon/ports/key_rows.hpp"

#include "common/base/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

namespace vault::ports {
namespace {

constexpr std::size_t kShownAtEachEnd = 4;

// A character that may stand in a table, whatever was typed.
std::string shown_part(std::string_view part) {
    std::string shown{part};
    for (char& c : shown)
        if (c <= ' ' || c > '~') c = '?';
    return shown;
}

template <class Enum, std::size_t N>
Result<Enum> parse_word(std::string_view text, const std::array<Enum, N>& all, const char* what) {
    std::string word{text};
    std::ranges::replace(word, '-', '_');
    std::string accepted;
    for (const Enum value : all) {
        if (to_text(value) == word) return value;
        accepted += (accepted.empty() ? "" : ", ") + std::string{to_text(value)};
    }
    return Error{Errc::InvalidParams,
                 fmt::format("'{}' is no {}", excerpt(text, 40), what),
                 {},
                 "one of " + accepted};
}

}  // namespace

// Of a short key less is shown, so that at least half of it stays hidden.
KeyPublicPart public_part(const Secret& key) {
    const std::string_view text = key.reveal();
    const std::size_t count = std::min(kShownAtEachEnd, text.size() / 4);
    return {.shown = shown_part(text.substr(0, count)) + "…" +
                     shown_part(text.substr(text.size() - count)),
            .digest = sha256(text)};
}

std::uint32_t KeyHealth::recent_errors() const {
    return static_cast<std::uint32_t>(std::popcount(recent));
}

std::string_view to_text(KeyState state) {
    switch (state) {
        case KeyState::New: return "new";
        case KeyState::Valid: return "valid";
        case KeyState::Degraded: return "degraded";
        case KeyState::Quarantined: return "quarantined";
        case KeyState::Retired: return "retired";
    }
    return "";
}

std::string_view to_text(IpRestriction ip) {
    switch (ip) {
        case IpRestriction::Unknown: return "unknown";
        case IpRestriction::No: return "no";
        case IpRestriction::Yes: return "yes";
    }
    return "";
}

std::string_view to_text(KeyPolicy policy) {
    switch (policy) {
        case KeyPolicy::RoundRobin: return "round_robin";
        case KeyPolicy::Health: return "health";
        case KeyPolicy::Pinned: return "pinned";
    }
    return "";
}

std::string_view to_text(KeyFailure failure) {
    switch (failure) {
        case KeyFailure::Auth: return "auth";
        case KeyFailure::Rate: return "rate";
        case KeyFailure::Network: return "network";
        case KeyFailure::Exchange: return "exchange";
    }
    return "";
}

Result<KeyState> parse_key_state(std::string_view text) {
    return parse_word(text,
                      std::array{KeyState::New, KeyState::Valid, KeyState::Degraded,
                                 KeyState::Quarantined, KeyState::Retired},
                      "state of a key");
}

Result<IpRestriction> parse_ip_restriction(std::string_view text) {
    return parse_word(text,
                      std::array{IpRestriction::Unknown, IpRestriction::No, IpRestriction::Yes},
                      "word for an IP restriction");
}

Result<KeyPolicy> parse_key_policy(std::string_view text) {
    return parse_word(text, std::array{KeyPolicy::RoundRobin, KeyPolicy::Health, KeyPolicy::Pinned},
                      "key policy");
}

}  // namespace vault::ports
