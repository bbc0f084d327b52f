#pragma once
// Replacing an API key while its vaults trade on: add the new key, validate it, move the vaults
// over, let what is under way end, retire the old one. There is no state but the rows: the old
// key's `replaced_by` says that a rotation is on, and next_rotation_step() reads from the rows what
// is to be done next, so it goes on after a crash wherever it was, and asking twice does no harm.
// Pure; the shard's thread. Until it is done a vault is never without a key as long as one of the
// two can be used (key_choice.hpp).
#include "daemon/ports/key_rows.hpp"

#include <span>
#include <vector>

namespace vault::engine {

// Marks `old_key` as replaced by `new_key`, which was added to the same account before, as new.
// Answers with the old key's row, to be stored. Repeated: the same row. Errors: NotFound;
// WrongState naming the key that stands in the way, with what to do about it.
Result<ports::ApiKeyRow> begin_rotation(std::span<const ports::ApiKeyRow> keys, ApiKeyId old_key,
                                        ApiKeyId new_key);

enum class RotationStage : std::uint8_t {
    Validating,    // the new key's validation is on, or due at its next_check_at
    Blocked,       // the new key was refused or quarantined: a person decides
    MovingVaults,  // vaults that were pinned to the old key are pinned to the new one
    Draining,      // calls or orders are under way with the old key
    Retiring,      // the old key is retired
    Abandoned,     // the new key was retired or removed first: the old one stays
    Done,          // nothing is left to do
};
std::string_view to_text(RotationStage stage);

struct RotationStep {
    RotationStage stage = RotationStage::Done;
    std::string why;  // for a person
    // To be stored in one transaction, then the next step is asked for. Both empty: the step waits
    // for something to happen, or it is Done.
    std::vector<ports::ApiKeyRow> keys{};
    std::vector<ports::KeyPolicyRow> policies{};

    bool is_waiting() const { return keys.empty() && policies.empty(); }
};

// `policies`: of all vaults of the account. `in_flight`: calls that have not been answered and
// orders that nobody but the old key can look after. The old key exists and has `replaced_by`.
RotationStep next_rotation_step(std::span<const ports::ApiKeyRow> keys,
                                std::span<const ports::KeyPolicyRow> policies, ApiKeyId old_key,
                                std::uint64_t in_flight, UtcTime now);

}  // namespace vault::engine
