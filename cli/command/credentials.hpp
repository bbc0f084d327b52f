#pragma once
// Who an invocation calls as: the robot whose token --token-file or VAULTCTL_TOKEN_FILE names, else
// the session that `login` has left, else nobody. The file is read when the first call needs it.
// What a reply does to the session is done here: a new token is taken out of it and kept, so that
// no output ever has it, and the file of a session that has ended is removed. Owned by Session; one
// thread. Errors: of client/session_file.hpp.
#include "cli/client/session_file.hpp"
#include "common/protocol/messages.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace vault::command {

namespace json = boost::json;

bool is_failure(const protocol::Reply& reply, Errc errc);

class Credentials {
  public:
    struct Sources {
        std::string socket;       // absolute path
        std::string token_file;   // "": none
        std::string runtime_dir;  // XDG_RUNTIME_DIR
        std::string credentials;  // CREDENTIALS_DIRECTORY
    };
    explicit Credentials(const Sources& sources);

    // What a call of the method shows; null: nothing. Valid until the next settle() or reread().
    // Whoever can connect may call an open method, so for those a file that cannot be used is no
    // error, unless it was named.
    Result<const Secret*> token_for(std::string_view method);
    // The session, if it is what calls show.
    const client::StoredSession* session() const { return session_ ? &*session_ : nullptr; }
    bool is_robot() const { return !robot_.empty(); }

    // After AUTH_REQUIRED: true if another terminal has signed in meanwhile, as whom calls go on.
    bool reread();
    // Before the call that makes a session: whether it can be kept.
    Result<void> prepare() const { return file_.prepare(); }
    // What the reply to `method` does to the session, and the token out of its data. Error: a
    // session was made that could not be kept.
    Result<void> settle(std::string_view method, bool dry_run, protocol::Reply& reply);
    // The session that a login has put out of its place, told once.
    std::optional<client::StoredSession> replaced();

  private:
    Result<void> load();
    Result<void> keep(json::object& data);
    void forget();

    Sources sources_;
    client::SessionFile file_;
    bool loaded_ = false;
    Secret robot_;
    std::optional<client::StoredSession> session_;
    std::optional<client::StoredSession> replaced_;
};

}  // namespace vault::command
