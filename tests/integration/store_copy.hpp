#pragma once
// StoreCopy: the trail, the journals and what vouches for them in a store's file, row by row, as
// somebody with an editor sees them. StoreEditor reads it and makes the file say something else; it
// is the only one who writes the file. One thread at a time.
#include "daemon/store/sqlite/connection.hpp"

#include <array>
#include <optional>
#include <vector>

namespace vault::test {

struct Cell {
    enum class Type { Integer, Text, Blob };
    Type type = Type::Integer;
    std::int64_t number = 0;
    std::string bytes;  // of text and blob
    auto operator<=>(const Cell&) const = default;
};
using Row = std::vector<Cell>;

struct Column {
    std::string_view name;
    Cell::Type type;
};
struct Schema {
    std::string_view table;
    std::vector<Column> columns;
    std::size_t key_columns;  // these come first
};

// Places of columns in a row.
struct AuditAt {
    enum { Seq, At, Actor, User, Action, Object, Outcome, Message, Params, PrevHash, Hash };
};
struct EntryAt {
    enum { Id, Tx, Kind, Cause, At, User, Account, Mode, Actor, Postings, PrevHash, Hash };
};
struct BalanceAt {
    enum { Vault, Account, Asset, Amount };
};
struct CheckpointAt {
    enum { Vault, Seq, Hash, Balances, Signature };
};

// Rows of every table in the order of their keys.
struct StoreCopy {
    enum Table { Audit, Entry, Balance, Checkpoint, Seal, kTables };
    std::array<std::vector<Row>, kTables> tables;
    std::vector<Row>& operator[](Table table) { return tables[table]; }
    const std::vector<Row>& operator[](Table table) const { return tables[table]; }
    bool operator==(const StoreCopy&) const = default;
};
const Schema& schema_of(StoreCopy::Table table);

class StoreEditor {
  public:
    static Result<StoreEditor> open(const std::string& path);

    Result<StoreCopy> read();
    // Makes the file, which says `from`, say `to`. Errors: also if a file cannot say so, with two
    // rows of one key; then it is as it was.
    Result<void> write(const StoreCopy& from, const StoreCopy& to);
    // The file as it is now, without a log beside it.
    Result<void> save_as(const std::string& path);

  private:
    StoreEditor() = default;
    Result<void> change(const StoreCopy& from, const StoreCopy& to);

    std::string path_;
    std::optional<store::Connection> connection_;
    std::vector<store::Statement> deletes_, inserts_;  // by table
};

}  // namespace vault::test
