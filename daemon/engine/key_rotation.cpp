#include "daemon/engine/key_rotation.hpp"

#include "common/base/check.hpp"
#include "daemon/engine/key_choice.hpp"
#include "daemon/engine/key_machine.hpp"
#include "daemon/ports/absent.hpp"

#include <fmt/format.h>

namespace vault::engine {
namespace {

using ports::ApiKeyRow;
using ports::KeyPolicyRow;
using ports::KeyState;
using Keys = std::span<const ApiKeyRow>;

Error in_the_way(std::string message, std::string hint) {
    return Error{Errc::WrongState, std::move(message), "key", std::move(hint)};
}

// Rows that both keys are in already, but not with each other.
Result<void> check_free(Keys keys, const ApiKeyRow& old_row, const ApiKeyRow& new_row) {
    const auto busy = [](const ApiKeyRow& from, ApiKeyId to) {
        return in_the_way(
            fmt::format("{} is being replaced by {} already", to_text(from.id), to_text(to)),
            fmt::format("wait for it, or end it: vaultctl key retire {}", to_text(to)));
    };
    if (old_row.replaced_by) return busy(old_row, *old_row.replaced_by);
    if (new_row.replaced_by) return busy(new_row, *new_row.replaced_by);
    for (const ApiKeyRow& other : keys) {
        if (!other.replaced_by || other.state == KeyState::Retired) continue;
        if (*other.replaced_by == old_row.id || *other.replaced_by == new_row.id)
            return busy(other, *other.replaced_by);
    }
    return success();
}

std::vector<KeyPolicyRow> move_pins(std::span<const KeyPolicyRow> policies, ApiKeyId from,
                                    ApiKeyId to) {
    std::vector<KeyPolicyRow> moved;
    for (const KeyPolicyRow& row : policies) {
        if (row.policy != ports::KeyPolicy::Pinned || row.pinned != from) continue;
        moved.push_back(row);
        moved.back().pinned = to;
    }
    return moved;
}

RotationStep wait_for_new(const ApiKeyRow& new_row) {
    const std::string id = to_text(new_row.id);
    if (new_row.state == KeyState::New && new_row.next_check_at)
        return {.stage = RotationStage::Validating, .why = id + " waits for its validation"};
    return {.stage = RotationStage::Blocked,
            .why = fmt::format("{} is {}: {}. Mend it and run vaultctl key validate {}, or give it "
                               "up: vaultctl key retire {}",
                               id, to_text(new_row.state), new_row.state_reason, id, id)};
}

// The old key goes on as if nothing had been begun.
RotationStep abandon(const ApiKeyRow& old_row, std::span<const KeyPolicyRow> policies) {
    const ApiKeyId lost = *old_row.replaced_by;
    RotationStep step{
        .stage = RotationStage::Abandoned,
        .why = fmt::format("{} was given up; {} stays", to_text(lost), to_text(old_row.id)),
        .keys = {old_row},
        .policies = move_pins(policies, lost, old_row.id)};
    step.keys.front().replaced_by.reset();
    return step;
}

RotationStep retire(const ApiKeyRow& old_row, UtcTime now) {
    const std::string by = "replaced by " + to_text(*old_row.replaced_by);
    KeyStep retired = next_key(old_row, key_event::Retire{by}, now);
    return {.stage = RotationStage::Retiring,
            .why = to_text(old_row.id) + " is " + by,
            .keys = {std::move(retired.row)}};
}

}  // namespace

std::string_view to_text(RotationStage stage) {
    switch (stage) {
        case RotationStage::Validating: return "validating";
        case RotationStage::Blocked: return "blocked";
        case RotationStage::MovingVaults: return "moving_vaults";
        case RotationStage::Draining: return "draining";
        case RotationStage::Retiring: return "retiring";
        case RotationStage::Abandoned: return "abandoned";
        case RotationStage::Done: return "done";
    }
    return "";
}

Result<ApiKeyRow> begin_rotation(Keys keys, ApiKeyId old_key, ApiKeyId new_key) {
    const ApiKeyRow* const old_row = find_key(keys, old_key);
    if (old_row == nullptr) return ports::no_key(old_key);
    const ApiKeyRow* const new_row = find_key(keys, new_key);
    if (new_row == nullptr || new_row->user != old_row->user) return ports::no_key(new_key);
    if (old_row->account != new_row->account)
        return in_the_way(fmt::format("{} is a key of another account than {}", to_text(new_key),
                                      to_text(old_key)),
                          "add the new key to account " + to_text(old_row->account));
    if (old_row->replaced_by == new_key) return *old_row;
    if (new_key <= old_key)
        return in_the_way(
            fmt::format("{} was not added after {}", to_text(new_key), to_text(old_key)),
            "a key is replaced by one that was added after it; retire the other if it is not "
            "wanted: vaultctl key retire " +
                to_text(old_key));
    for (const ApiKeyRow* row : {old_row, new_row})
        if (row->state == KeyState::Retired)
            return in_the_way(to_text(row->id) + " is retired", "add a new key: vaultctl key add");
    VAULT_TRYV(check_free(keys, *old_row, *new_row));
    ApiKeyRow marked = *old_row;
    marked.replaced_by = new_key;
    return marked;
}

RotationStep next_rotation_step(Keys keys, std::span<const KeyPolicyRow> policies, ApiKeyId old_key,
                                std::uint64_t in_flight, UtcTime now) {
    const ApiKeyRow* const old_row = find_key(keys, old_key);
    VAULT_CHECK(old_row != nullptr && old_row->replaced_by, "no rotation of this key was begun");
    const ApiKeyId new_key = *old_row->replaced_by;
    const ApiKeyRow* const new_row = find_key(keys, new_key);
    const bool old_retired = old_row->state == KeyState::Retired;
    if (new_row == nullptr || new_row->state == KeyState::Retired) {
        if (!old_retired) return abandon(*old_row, policies);
        return {.stage = RotationStage::Done, .why = "both keys are retired"};
    }
    if (!is_usable(new_row->state)) return wait_for_new(*new_row);
    if (std::vector<KeyPolicyRow> moved = move_pins(policies, old_key, new_key); !moved.empty())
        return {.stage = RotationStage::MovingVaults,
                .why = fmt::format("{} takes the place of {}", to_text(new_key), to_text(old_key)),
                .policies = std::move(moved)};
    if (old_retired)
        return {.stage = RotationStage::Done,
                .why = fmt::format("{} is replaced by {}", to_text(old_key), to_text(new_key))};
    if (in_flight > 0)
        return {.stage = RotationStage::Draining,
                .why = fmt::format("{} under way with {}", in_flight, to_text(old_key))};
    return retire(*old_row, now);
}

}  // namespace vault::engine
