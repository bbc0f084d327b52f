#pragma once
// The client's half of `vaultctl doctor`: what this side can see of the socket, of who answers on
// it, of the clock and of the unit, with or without a daemon. Looks at the file system and the
// kernel and changes nothing. One thread; cannot fail: what cannot be seen is a check that failed.
#include "cli/client/client.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace vault::command {

namespace json = boost::json;

class ClientChecks {
  public:
    explicit ClientChecks(std::string socket);

    void socket();
    // Who answers: root, or the owner of the socket; anybody else could only pretend.
    void peer(const client::Client& daemon);
    void no_answer(const protocol::Failure& failure);
    void versions(const std::string& client, const json::object& daemon);
    void clock();
    void unit();

    // The daemon's own checks, as it sent them.
    void append(const json::array& checks);
    // "ok", "warning" or "failed": the worst of all.
    std::string_view state() const;
    json::array take() { return std::move(list_); }

  private:
    void add(std::string_view name, std::string_view status, std::string message,
             std::string fix = {});
    void socket_access(const std::string& owner, unsigned uid, unsigned gid, unsigned mode);
    std::string start_command() const;

    std::string socket_;
    std::string unit_;  // the installed unit's file; empty: none
    json::array list_;
};

}  // namespace vault::command
