#pragma once
// Prunes what is not kept for ever, in slices of at most kPruneSlice rows, each its own transaction
// on the writer thread between commits. Ages are measured from the newest row of the same owner,
// not from the wall clock (see Retention), except replies. Errors: StoreFailed; the next round
// tries again.
#include "common/base/clock.hpp"
#include "daemon/store/sqlite/connection.hpp"
#include "daemon/store/sqlite/options.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace vault::store {

inline constexpr std::int64_t kPruneSlice = 1'000;

class Pruner {
  public:
    Pruner(Connection& connection, const Retention& retention, const Clock& clock)
        : connection_(connection), retention_(retention), clock_(clock) {}

    // From the next round on; the slices of one that runs go by what it found where they can.
    void configure(const Retention& retention) { retention_ = retention; }
    // Collects what there is to do; then slice() until it says that nothing is left.
    Result<void> begin_round();
    // Rows deleted by one slice; nothing when the round is over.
    Result<std::optional<std::int64_t>> slice();

  private:
    using Task = std::function<Result<std::int64_t>()>;  // returns rows looked at: 0 ends the task

    Result<void> collect_prices();
    // `but`: SQL that narrows what goes.
    Result<void> collect_aged(const char* table, const char* owner, Duration age,
                              const char* but = "");
    Result<std::int64_t> thin_prices(std::int64_t account, const std::string& pair,
                                     std::int64_t newest);
    Result<std::int64_t> drop_prices(std::int64_t account, const std::string& pair,
                                     std::int64_t newest);
    std::int64_t interval_of(std::int64_t at) const;
    Result<std::int64_t> remove(const char* table, const std::string& where);

    Connection& connection_;
    Retention retention_;
    const Clock& clock_;
    std::vector<Task> tasks_;
    std::int64_t deleted_ = 0;
};

}  // namespace vault::store
