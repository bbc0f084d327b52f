#pragma once
// What simulated clients ask for: the commands that set the world up, a random generator over
// all commands that change something (wrong inputs included), and the text that replies are
// compared by. A draft depends on the seed alone, never on the engine's state. Tests only.
#include "tests/simulation/plan.hpp"

namespace vault::simulation {

struct Draft {
    ports::Command command;
    bool reserved = false;
    bool dry_run = false;
};

// Users, accounts, markets, vaults with pairs, tradeable and allocations, in an order that works.
std::vector<Draft> setup_commands(const Plan& plan);
ports::cmd::ReplayStart replay_start(const Plan& plan, AccountId account, std::uint32_t segment);

class CommandSource {
  public:
    CommandSource(const Plan& plan, std::uint64_t seed) : plan_(plan), random_(seed) {}
    // A command that changes something, or is refused.
    Draft mutation();
    // A read.
    Draft query();

  private:
    Draft draw();
    ports::Command money_command();
    ports::cmd::PaperTrade hand_trade(VaultId id);
    ports::Command setting_command();
    ports::Command hold_command();
    ports::Command odd_command();
    ports::cmd::Target target();
    VaultId vault();
    AccountId account();
    Decimal amount();
    SleeveKind sleeve();
    Pair pair_for(VaultId id);

    const Plan& plan_;
    Random random_;
    std::uint32_t names_ = 0;
};

// A view as text; of a vault its face (plain_books.hpp) behind "v<id> ".
std::string render(const ports::View& view);

}  // namespace vault::simulation
