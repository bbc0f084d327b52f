#pragma once
// The Unix socket's file: made with its mode and group before anybody can connect, taken over from
// a daemon that died, never from one that lives. Used by the server at start and stop; control
// thread.
#include "common/base/result.hpp"
#include "daemon/control/options.hpp"

#include <sys/types.h>

namespace vault::control {

// A listening descriptor, non-blocking and close-on-exec; the caller owns it. Errors: ConfigInvalid
// (path, group), Exists (another daemon answers on it, or the path is no socket), Io.
Result<int> open_listener(const Options& options);

// Removes the socket's file if it is still the one with this inode.
ino_t socket_inode(const std::string& path);  // 0: not there
void remove_socket(const std::string& path, ino_t inode);

// The uid behind a connection, from SO_PEERCRED. Errors: Io.
Result<uid_t> peer_uid(int descriptor);
// Whether the peer, by uid and groups when it connected, may write to the socket's file: a
// descriptor can be passed on, and a mode changed, after the kernel has looked.
bool may_connect(int descriptor, uid_t uid, const std::string& path);

}  // namespace vault::control
