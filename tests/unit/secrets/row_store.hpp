#pragma once
// The rows of the secrets room in a small SQLite database, in memory or in a file that survives
// kill -9: what a store has to do with RowChanges, at its plainest. Throws std::runtime_error with
// SQLite's words. Tests only; one thread.
#include "daemon/secrets/rows.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

struct sqlite3;

namespace vault::secrets {

class RowStore {
  public:
    explicit RowStore(const std::string& path = ":memory:");

    // In one transaction. False, and nothing has changed, if `only_if` does not hold.
    bool commit(const RowChanges& changes);
    void put(const FieldRow& row);
    void put(const std::vector<FieldRow>& rows);  // in one transaction

    std::vector<MasterRow> masters() const;
    std::vector<DataKeyRow> data_keys() const;
    std::vector<FieldRow> fields() const;
    std::vector<FieldRow> outdated(UserId user, DataKeyVersion below, std::size_t at_most) const;

  private:
    struct Close {
        void operator()(sqlite3* database) const;
    };
    void run(const char* statement);
    bool holds(const NoFieldBelow& condition) const;

    std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace vault::secrets
