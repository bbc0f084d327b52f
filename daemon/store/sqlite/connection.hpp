#pragma once
// One SQLite connection and its prepared statements, with errors as values. SQLite's own types stay
// inside this folder. A connection and all its statements belong to one thread at a time.
#include "common/base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace vault::store {

class Connection {
  public:
    enum class Access { ReadWrite, ReadOnly };

    // Opens (ReadWrite: creates) the file. Errors: StoreFailed.
    static Result<Connection> open(const std::string& path, Access access);
    // A private database in memory, for computing what a schema must look like.
    static Result<Connection> open_memory();

    Result<void> exec(const char* sql);
    // The first column of the first row; empty text or 0 when there is no row.
    Result<std::int64_t> query_int(const char* sql);
    Result<std::string> query_text(const char* sql);

    // SQLite's last result on this connection: primary code, and a sentence as an Error.
    int code() const;
    Error error(std::string_view doing) const;
    // True while a transaction is open.
    bool in_transaction() const;
    int changes() const;
    sqlite3* raw() const { return db_.get(); }

  private:
    struct Closer {
        void operator()(sqlite3* db) const;
    };
    std::unique_ptr<sqlite3, Closer> db_;
};

class Statement {
  public:
    static Result<Statement> prepare(Connection& connection, std::string_view sql);

    void bind(int index, std::int64_t value);
    // The bytes must live until reset() (bind_copy: need not).
    void bind(int index, std::string_view text);
    void bind_copy(int index, std::string_view text);
    void bind_blob(int index, std::string_view bytes);
    void bind_null(int index);

    // True: a row is there. Errors: StoreFailed; Connection::code() has the reason.
    Result<bool> step();
    // One statement without rows: step and reset.
    Result<void> run();
    void reset();

    std::int64_t integer(int column) const;
    // Valid until the next step() or reset().
    std::string_view text(int column) const;
    bool is_null(int column) const;

  private:
    struct Finalizer {
        void operator()(sqlite3_stmt* statement) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

}  // namespace vault::store
