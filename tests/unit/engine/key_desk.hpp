#pragma once
// Rows, findings and steps of API keys in as few words as the tests of their machines want.
#include "daemon/engine/key_choice.hpp"
#include "daemon/engine/key_machine.hpp"
#include "daemon/engine/key_rotation.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {

namespace ev = key_event;
using ports::ApiKeyRow;
using ports::KeyFailure;
using ports::KeyFindings;
using ports::KeyPolicy;
using ports::KeyPolicyRow;
using ports::KeyState;

inline constexpr UtcTime kNoon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} +
                               std::chrono::hours{12}};
inline constexpr AccountId kKeyAccount{1};

inline ApiKeyRow new_row(std::uint32_t id, AccountId account = kKeyAccount) {
    ApiKeyRow row;
    row.id = ApiKeyId{id};
    row.user = UserId{1};
    row.account = account;
    row.label = "main";
    row.key = ports::public_part(Secret{"paper-alice+key=" + std::to_string(id)});
    row.state_since = row.created_at = kNoon;
    row.created_by = "alice";
    row.next_check_at = kNoon;
    return row;
}

inline KeyFindings fit() {
    return {.signature_accepted = true,
            .rights = {.query_funds = true, .trade = true, .withdraw = false},
            .ip = ports::IpRestriction::No,
            .account_identity = "paper:alice",
            .latency_us = 20'000};
}
inline KeyFindings refused() {
    return {.message = "EAPI:Invalid key"};
}

inline ApiKeyRow row_in(KeyState state, std::uint32_t id = 1) {
    ApiKeyRow row = new_row(id);
    row.state = state;
    if (state != KeyState::New) row.next_check_at = kNoon + kCheckEvery;
    if (state == KeyState::Retired) row.next_check_at.reset();
    return row;
}

// A key whose steps follow each other.
struct LivingKey {
    ApiKeyRow row = new_row(1);
    UtcTime now = kNoon;
    std::vector<std::string> alerts{};
    std::optional<UtcTime> validate_at{};  // of the last step

    void on(const KeyEvent& event) {
        KeyStep step = next_key(row, event, now);
        row = std::move(step.row);
        validate_at.reset();
        for (const KeyEffect& effect : step.effects) {
            if (const auto* alert = std::get_if<Alert>(&effect)) alerts.push_back(alert->text);
            if (const auto* validate = std::get_if<Validate>(&effect)) validate_at = validate->when;
        }
    }
    void on(const KeyEvent& event, int times) {
        for (int i = 0; i < times; ++i)
            on(event);
    }
    KeyState state() const { return row.state; }
};

inline const ev::CallSucceeded kGood{.latency_us = 10'000};
inline const ev::CallFailed kAuthError{KeyFailure::Auth, "EAPI:Invalid nonce"};
inline const ev::CallFailed kNetworkError{KeyFailure::Network, "timeout"};

}  // namespace vault::engine::test
