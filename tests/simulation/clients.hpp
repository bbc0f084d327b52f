#pragma once
// Clients: the users of a run, each with at most one call under way, who try again or not when a
// call fails, repeat keys, and now and then use a key for something else; and the pacers, one per
// account, who run its market to the end. Owned by a run; tests only.
#include "tests/simulation/oracle.hpp"
#include "tests/simulation/process.hpp"

namespace vault::simulation {

class Clients {
  public:
    Clients(EventQueue& queue, Process& process, Oracle& oracle, const Plan& plan);

    // Sends one after the other until each has a final answer; then `done`.
    void script(std::vector<Draft> drafts, std::function<void()> done);
    void begin();  // random clients and pacers
    void stop();   // no new calls; what is under way goes on to its answer
    bool markets_done() const { return markets_running_ == 0; }
    std::size_t under_way() const { return waiting_.size(); }
    // The process died: whoever waits learns that the line is cut.
    void on_death();

    std::function<void(const Call&, const Result<ports::Reply>&)> on_script_answer;

  private:
    using Then = std::function<void(const Result<ports::Reply>&)>;
    struct Waiting {
        Call* call = nullptr;
        Then then;
    };
    struct Pacer {
        AccountId account;
        std::uint32_t segment = 0;
        UtcTime until;
        bool stopped_for_next = false;
    };

    void send(Call& call, Then then);
    void answered(std::uint64_t ticket, const Result<ports::Reply>& result);
    // Again with the same key until the answer is final.
    void insist(Call& call, Then then);
    void script_next();
    void act(std::size_t client);
    void after(std::size_t client, Call& call, const Result<ports::Reply>& result);
    Call& choose();
    void pace(std::size_t index);
    void pace_on(std::size_t index, const std::string& state);
    SteadyTime some(std::int64_t most_ms);

    EventQueue& queue_;
    Process& process_;
    Oracle& oracle_;
    const Plan& plan_;
    Random random_;
    CommandSource source_;
    std::map<std::uint64_t, Waiting> waiting_;  // by ticket
    std::uint64_t last_ticket_ = 0;
    std::deque<Draft> script_;
    std::function<void()> script_done_;
    std::vector<Call*> finished_;  // acknowledged, to be repeated
    std::vector<Pacer> pacers_;
    std::size_t markets_running_ = 0;
    bool stopped_ = false;
};

}  // namespace vault::simulation
