#pragma once
// The replies that the server writes, and the hash that tells two requests apart. A reply's data is
// spliced in as the text that the engine rendered (and may have stored), never parsed and written
// again. Pure; any thread; cannot fail.
//
//   {"jsonrpc":"2.0","id":…,"result":{"data":…,"warnings":[…],"effect":"none|applied",
//     "repeated":false,"dry_run":false}}
#include "common/base/hash.hpp"
#include "common/protocol/errors.hpp"
#include "common/protocol/messages.hpp"
#include "daemon/control/call.hpp"

namespace vault::control {

std::string reply_line(const boost::json::value& id, const Answer& answer, protocol::Effect effect,
                       bool dry_run);

// The signed digest of the method, a line feed and the parameters as compact JSON with sorted
// names, so that the same call always gives the same hash, and who reads the store cannot find out
// by trying which password was in it.
Digest request_hash(const ports::Signer& signer, std::string_view method,
                    const boost::json::object& params);
// The parameters as the audit trail keeps them: without the secret ones; of more than 2 KiB the
// size and the SHA-256.
std::string params_for_trail(const protocol::Method& method, const boost::json::object& params);

}  // namespace vault::control
