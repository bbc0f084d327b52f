#pragma once
// Calls: every command that simulated clients have sent, with what they were told about it, held
// against what the store kept: acknowledged means kept exactly once, "nothing was done" means not
// kept, one idempotency key has at most one effect and always the same reply, and a read shows only
// what is durable. Tests only.
#include "tests/simulation/commands.hpp"

namespace vault::simulation {

struct Call {
    std::uint64_t number = 0;
    Draft draft;
    ports::CallContext context;
    bool mutation = false;
    bool must_mismatch = false;  // a known key with another body
    std::uint32_t attempts = 0;
    bool acknowledged = false;         // told that it is done and durable
    bool maybe_applied = false;        // some attempt ended without a clear answer
    std::optional<std::string> reply;  // the durable one
};

class Calls {
  public:
    using Complain = std::function<void(std::string)>;
    explicit Calls(Complain complain) : complain_(std::move(complain)) {}

    Call& make(Draft draft, std::string actor);
    // The same key again, asking for something else.
    Call& make_mismatch(const Call& known, Draft draft);

    // A reply row became durable; the call that it belongs to.
    const Call* on_kept(const ports::IdempotencyRow& row);
    // A vault's face (plain_books.hpp) that is durable.
    void on_face(VaultId vault, const std::string& face);
    void on_answer(Call& call, const Result<ports::Reply>& result);
    // A pause or halt is being handed over: resumes that wait may be refused for it, now alone.
    void set_overtaking(bool on) { overtaking_ = on; }
    // The process died before it answered.
    static void on_lost(Call& call) { call.maybe_applied = true; }
    void finish();

    std::uint64_t count() const { return calls_.size(); }
    std::uint64_t acknowledged() const { return acknowledged_; }

  private:
    void on_reply(Call& call, const ports::Reply& reply);
    void on_refusal(Call& call, const Error& error);
    const std::string* kept(const Call& call) const;
    // Whether the refusal says nothing of what became of an earlier attempt.
    bool passing(const Call& call, Errc code) const;
    void complain(const Call& call, const std::string& what);

    Complain complain_;
    std::deque<Call> calls_;  // addresses stay
    std::map<std::pair<std::string, std::string>, Call*> by_key_;
    std::map<std::pair<std::string, std::string>, std::string> kept_;  // reply by actor and key
    std::map<VaultId, std::set<std::string>> faces_;
    std::uint64_t acknowledged_ = 0;
    std::uint64_t mutations_ = 0;
    bool overtaking_ = false;
};

// What tells a client that it may simply try again.
bool temporary(Errc code);

}  // namespace vault::simulation
