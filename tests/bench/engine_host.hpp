#pragma once
// EngineHost: the daemon's engine and store in this process, without socket and driver, so that a
// bench can build a large state quickly or drive the shard by hand. The state directory that it
// leaves is one that vaultd starts on. One thread (the store has its own); a refusal ends the
// program.
#include "daemon/app/feeds.hpp"
#include "daemon/engine/shard.hpp"
#include "daemon/secrets/file_signer.hpp"
#include "daemon/store/sqlite/sqlite_store.hpp"

#include <condition_variable>
#include <filesystem>
#include <mutex>

namespace vault::bench {

class EngineHost {
  public:
    // state: an existing, empty directory; scripts: runner.scripts of the configuration.
    explicit EngineHost(const std::filesystem::path& state, const exchange::SimSettings& venue = {},
                        const std::string& scripts = {});

    void apply(const ports::Command& command);
    // A user, an account and a vault of USDT with money in both sleeves, trading ETH/USDT.
    void add_vault();
    // What the turns left behind goes to the store; waits only when it is far behind.
    void commit();
    void settle();  // everything is durable

    engine::Shard& shard() { return *shard_; }
    std::size_t vaults() const { return vaults_; }
    const engine::EngineOptions& options() const { return options_; }

  private:
    SystemClock clock_;
    StderrLogger logger_{LogLevel::Error};
    engine::EngineOptions options_;
    std::unique_ptr<secrets::FileSigner> signer_;
    std::unique_ptr<app::Feeds> feeds_;
    std::unique_ptr<engine::Shard> shard_;
    std::size_t vaults_ = 0;
    std::mutex mutex_;  // guards flying_
    std::condition_variable landed_;
    std::size_t flying_ = 0;
    std::unique_ptr<store::SqliteStore> store_;  // last: closed first, its reports use the above
};

}  // namespace vault::bench
