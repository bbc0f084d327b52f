#pragma once
// Where the session of `login` lies until `logout`: one file for each control socket, in a folder
// that only this uid can enter. And the file of a robot's token, which somebody else has made. Both
// are read for one invocation and held as Secret. One thread. Errors: of private_file.hpp, and
// PermissionDenied for a file that is none of ours.
#include "cli/client/private_file.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace vault::client {

struct StoredSession {
    std::string user;
    std::string id;  // "s3"
    Secret token;
};

// $XDG_RUNTIME_DIR/vaultctl if that folder is ours (after su it is somebody else's), else
// /run/user/UID/vaultctl, else /tmp/vaultctl-UID.
std::string session_folder(const std::string& xdg_runtime_dir);

class SessionFile {
  public:
    // `socket` is the absolute path of the control socket.
    SessionFile(std::string folder, std::string socket);

    // Nothing: nobody has signed in there.
    Result<std::optional<StoredSession>> read() const;
    // Makes the folder; what write() would fail at is known before anybody signs in.
    Result<void> prepare() const;
    Result<void> write(const StoredSession& session) const;
    // True if it is gone. With a token: only the file that holds it, for another terminal may have
    // signed in anew.
    bool remove() const;
    bool remove(const Secret& token) const;

    const std::string& path() const { return path_; }

  private:
    PrivateName name_in(const Descriptor& folder) const;

    std::string folder_;
    std::string socket_;
    std::string path_;
};

// The first line of the file. `credentials` is the folder of systemd's credentials, or "": its
// files are root's. Errors also: InvalidParams if there is no token in it.
Result<Secret> read_token_file(const std::string& path, const std::string& credentials);

}  // namespace vault::client
