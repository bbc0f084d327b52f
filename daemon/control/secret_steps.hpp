#pragma once
// Changes of the keys by which secrets are sealed, one transaction after the other. Whoever finds
// another change on its way waits for it; a rotation that stops in the middle is carried on by the
// server's next round, and after a restart by its first. Control thread.
#include "daemon/control/call.hpp"

namespace vault::control {

// The method under which the trail tells that a rotation came to its end.
inline constexpr std::string_view kRotate = "secrets.rotate";

// What must be durable before a secret of this user can be sealed is. Errors: Busy, the store's.
boost::asio::awaitable<Result<void>> prepare_secrets(Services& services, UserId user);

// Begins a rotation, as the call's own change. `propose` is asked anew while another change is on
// its way; what it refuses is the answer, and in the trail.
using ProposeStep = std::function<Result<ports::KeyStep>()>;
// The command for the proposed rows; null: they were refused.
using BeginRotation = std::function<ports::cmd::ChangeIdentity(const ports::SecretChanges*)>;
Handled begin_rotation(Services& services, const Call& call, const ProposeStep& propose,
                       const BeginRotation& begin);

// Carries every begun rotation to its end. Errors: Expired (`until` has passed), Busy, the store's,
// StoreInvalid (a secret does not open), Io.
boost::asio::awaitable<Result<void>> finish_rotations(
    Services& services, std::optional<SteadyTime> until = std::nullopt);

}  // namespace vault::control
