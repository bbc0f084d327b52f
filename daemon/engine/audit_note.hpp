#pragma once
// What the audit trail says of a command: who asked for what, about which object and whose it is,
// and how it ended. Pure; the shard's thread.
#include "daemon/engine/world.hpp"
#include "daemon/ports/audit.hpp"

namespace vault::engine {

// `view` is what the command answered, which names what it made.
ports::AuditRow applied_note(const World& world, const ports::CallContext& context,
                             const ports::Command& command, const ports::View& view, UtcTime at);
// The object may not exist, or be no business of the caller's: it is as he named it.
ports::AuditRow refused_note(const World& world, const ports::CallContext& context,
                             const ports::Command& command, const Error& refusal, UtcTime at);

}  // namespace vault::engine
