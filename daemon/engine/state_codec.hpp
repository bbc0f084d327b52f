#pragma once
// The engine's memory as text: what each object must remember besides its journal, one compact JSON
// document per object and version. Saving cannot fail; loading refuses what it does not understand
// (StoreInvalid, naming the field). The shard's thread.
#include "daemon/engine/world.hpp"

namespace vault::engine {

std::string save_vault(const Vault& vault);
std::string save_sleeve(const Sleeve& sleeve);
std::string save_account(const World& world, const Account& account);
std::string save_user(const User& user);
std::string save_job(const Job& job);
std::string save_daemon(const World& world);

// Fill in what the text carries. The vault's books are restored by the caller from the balances and
// the returned state.
Result<ledger::BooksState> load_vault(Vault& vault, std::string_view body);
Result<void> load_sleeve(Sleeve& sleeve, std::string_view body);
Result<void> load_user(User& user, std::string_view body);
Result<Job> load_job(std::string_view body);
Result<void> load_daemon(World& world, std::string_view body);

struct PairMemory {
    std::optional<Tick> last;
    FeedPast past;
};

// An account's text; the feed is opened by the caller.
struct AccountMemory {
    exchange::SimVenue venue;
    Replay replay;               // without feed
    std::uint64_t position = 0;  // ticks done
    UtcTime now;                 // the account's clock
    std::map<Pair, PairMemory> pairs;
    std::map<Asset, Decimal> ignored;
    std::vector<UtcTime> sent;
    bool removed = false;
};
Result<AccountMemory> load_account(std::string_view body);

}  // namespace vault::engine
