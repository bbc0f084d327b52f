#pragma once
// Views of the world for people: figures, states and the reason why something does not trade.
// Reading only; the shard's thread; cannot fail.
#include "daemon/engine/world.hpp"

namespace vault::engine {

ports::UserView view_of(const User& user);
ports::AccountView view_of(const World& world, const Account& account);
ports::VaultView view_of(const World& world, const Vault& vault);
ports::SleeveView view_of(const World& world, const Vault& vault, const Sleeve& sleeve);
std::vector<ports::PositionView> positions_of(const World& world, const Vault& vault,
                                              const Sleeve& sleeve);
ports::ReplayView view_of(const World& world, const Account& account, const Replay& replay);
ports::JobView view_of(const World& world, const Job& job);
ports::StatusView status_of(const World& world);
// The holds in force on a sleeve, widest first.
std::vector<ports::PauseView> holds_of(const World& world, const Vault& vault,
                                       const Sleeve* sleeve);
ports::PauseView hold_view(std::string level, std::string target, const Hold& hold);

// One of: idle warming_up watching buying holding selling pausing paused halted liquidating
// underfunded stuck needs_attention.
std::string_view sleeve_state(const World& world, const Vault& vault, const Sleeve& sleeve);
std::string idle_reason(const World& world, const Vault& vault, const Sleeve& sleeve);

}  // namespace vault::engine
