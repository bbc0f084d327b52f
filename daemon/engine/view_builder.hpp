#pragma once
// Views of the world for people: figures, states and the reason why something does not trade.
// Reading only; the shard's thread; cannot fail.
#include "daemon/engine/world.hpp"

namespace vault::engine {

ports::UserView view_of(const User& user);
ports::ApiKeyView view_of(const World& world, const ports::ApiKeyRow& row);
ports::AccountView view_of(const World& world, const Account& account);
ports::VaultView view_of(const World& world, const Vault& vault);
ports::VaultMarkView mark_of(const World& world, const Vault& vault);
ports::SleeveView view_of(const World& world, const Vault& vault, const Sleeve& sleeve);
std::vector<ports::PositionView> positions_of(const World& world, const Vault& vault,
                                              const Sleeve& sleeve);
ports::ReplayView view_of(const World& world, const Account& account, const Replay& replay);
ports::PairMarketView view_of(const World& world, const Account& account, const Pair& pair);
ports::PairView view_of(const World& world, const Vault& vault, const PairRules& rules);
ports::JobView view_of(const World& world, const Job& job);
// The holds in force on a sleeve, widest first.
std::vector<ports::PauseView> holds_of(const World& world, const Vault& vault,
                                       const Sleeve* sleeve);
ports::PauseView hold_view(std::string level, std::string target, const Hold& hold);

// One of: idle warming_up watching buying holding selling pausing paused halted liquidating
// underfunded stuck needs_attention.
std::string_view sleeve_state(const World& world, const Vault& vault, const Sleeve& sleeve);
std::string idle_reason(const World& world, const Vault& vault, const Sleeve& sleeve);
// Why a position of it cannot be sold now, and what can be done; empty if all can.
std::string stuck_reason(const Vault& vault, const Sleeve& sleeve);
std::string stuck_reason(const Vault& vault, const Sleeve& sleeve, const PairSlot& slot);
// Why the sleeve waits for a person, and with what the person decides; empty if it does not.
std::string needed_attention(const Vault& vault, const Sleeve& sleeve);
std::string vault_state(const World& world, const Vault& vault);

}  // namespace vault::engine
