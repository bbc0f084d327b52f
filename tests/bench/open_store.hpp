#pragma once
// The real store for bench programs: opening it as the daemon does, and sending batches as the
// shard does. One thread drives it; a store that fails ends the program.
#include "common/base/log.hpp"
#include "daemon/store/sqlite/sqlite_store.hpp"
#include "tests/bench/measure.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>

namespace vault::bench {

class BenchSigner final : public ports::Signer {
  public:
    Digest sign(std::string_view bytes) const override {
        return sha256("bench" + std::string{bytes});
    }
    bool verify(std::string_view bytes, const Digest& signature) const override {
        return sign(bytes) == signature;
    }
};

// Loaded and ready to commit. group: how many batches may share one sync.
inline std::unique_ptr<store::SqliteStore> open_store(const std::string& path,
                                                      std::uint32_t group) {
    static const BenchSigner signer;
    static SystemClock clock;
    static StderrLogger logger{LogLevel::Error};
    store::SqliteOptions options;
    options.path = path;
    options.group_batches = group;
    options.full_check = false;
    auto made = store::SqliteStore::create(options, signer, clock, logger);
    auto loaded = made ? made.value()->load(ShardId{1}) : Result<ports::Snapshot>{made.error()};
    if (loaded) return std::move(made).value();
    fmt::print(stderr, "{}\n", loaded.error().message());
    std::exit(1);
}

// Hands the batches over with at most 64 in flight, as the shard does, and waits for the last.
inline void send(store::SqliteStore& store, std::vector<ports::Batch> batches) {
    constexpr std::size_t kWindow = 64;
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t flying = 0;
    const auto done = [&](const ports::CommitReport& report) {
        VAULT_CHECK(report.status == ports::CommitStatus::Durable, "a commit failed");
        const std::lock_guard lock{mutex};
        if (--flying == kWindow / 2 || flying == 0) changed.notify_one();
    };
    for (ports::Batch& batch : batches) {
        {
            std::unique_lock lock{mutex};
            if (flying >= kWindow) changed.wait(lock, [&] { return flying <= kWindow / 2; });
            ++flying;
        }
        store.commit(std::move(batch), done);
    }
    std::unique_lock lock{mutex};
    changed.wait(lock, [&] { return flying == 0; });
}

}  // namespace vault::bench
