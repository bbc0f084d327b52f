#pragma once
// Gate: what every call passes before its handler: who calls (ports::Access), whose objects it
// names (Directory), and whether the policy allows it (protocol::decide). A refused call changes
// nothing, is answered as its refusal says, and is in the audit trail; of a uid without a session
// at most 60 a minute, and then how many more there were. Owned by the server; control thread only.
// Errors: the refusal.
#include "common/protocol/permissions.hpp"
#include "daemon/control/call.hpp"

namespace vault::control {

// Who may do a call, and what it may see.
struct Pass {
    ports::Principal caller;
    protocol::Scope scope = protocol::Scope::Nothing;
    ports::Visible visible{.everyones = false};
};

// "alice", "alice:t3" with a token of hers, "uid:1000" of who has no session.
std::string actor_of(const ports::Principal& caller);
ports::Visible visible_to(const ports::Principal& caller, protocol::Scope scope);

void take_pass(Call& call, Pass pass);

class Gate {
  public:
    explicit Gate(Services& services) : services_(services) {}

    struct Ask {
        const protocol::Method& method;
        const boost::json::object& params;
        std::string_view token;
        ports::PeerUid uid = 0;
    };
    // Errors: AuthRequired, MfaRequired, PermissionDenied, NotFound, RateLimited.
    boost::asio::awaitable<Result<Pass>> admit(Ask ask);
    // The same for a subscription that goes on: none once it may not.
    std::optional<Pass> still(const protocol::Method& method, const boost::json::object& params,
                              const ports::Principal& caller);

  private:
    struct Named {
        protocol::Target target{};
        UserId owner{};
        std::string object{};
        std::optional<Error> absent{};  // what to say if the caller may not see it
    };
    struct Refusals {  // of one uid without a session, in the minute that began then
        SteadyTime since{};
        std::uint32_t told = 0;
        std::uint64_t left_out = 0;
    };
    using Later = boost::asio::awaitable<void>;

    protocol::Decision decide(const ports::Principal& caller, const protocol::Method& method,
                              const Named& named) const;
    Named named_by(const protocol::Method& method, const boost::json::object& params,
                   const ports::Principal& caller) const;
    boost::asio::awaitable<std::string> object_of_job(const boost::json::object& params);
    std::optional<Error> refusal(const ports::Principal& caller, const protocol::Method& method,
                                 const Named& named, const protocol::Decision& decision) const;
    Later tell_trail(const Ask& ask, const ports::Principal& caller, const Named& named,
                     const Error& error);
    bool may_tell(const std::string& actor, std::string& message);

    Services& services_;
    std::map<std::string, Refusals> refusals_;
};

}  // namespace vault::control
