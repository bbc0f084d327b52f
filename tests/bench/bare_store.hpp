#pragma once
// BareStore: the baseline of the store's bench. SQLite and nothing else: one connection with the
// store's own settings on a file of the store's own schema, statements prepared once, decimals
// rendered beforehand, a transaction a batch. No queue, no thread, no chain check. Whatever the
// store does more shows in the ratio. One thread; an SQLite error ends the program.
#include "daemon/ports/store.hpp"

#include <string>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace vault::bench {

// A batch as the bare loop wants it.
struct BareBatch {
    const ports::Batch* batch = nullptr;
    std::vector<std::string> amounts;  // of its balances
    explicit BareBatch(const ports::Batch& from);
};

class BareStore {
  public:
    // The file has the schema and the rows that entries refer to.
    explicit BareStore(const std::string& path);
    ~BareStore();
    BareStore(const BareStore&) = delete;
    BareStore& operator=(const BareStore&) = delete;

    void write(const BareBatch& bare);
    // Of the connection, to prove that the store's are the same.
    std::string setting(const char* pragma) const;

  private:
    sqlite3_stmt* prepare(const char* sql);
    void check(int code) const;
    void run(sqlite3_stmt* statement) const;
    void write(const ports::EntryRow& row) const;

    sqlite3* db_ = nullptr;
    sqlite3_stmt *begin_, *commit_, *shard_, *entry_, *balance_;
};

}  // namespace vault::bench
