#pragma once
// Sockets of clients on a small exchange, and what they hear.
#include "common/protocol/codec.hpp"
#include "tests/emulator/kraken/socket/hub.hpp"
#include "tests/emulator/kraken/unit/desk.hpp"

#include <boost/json/value.hpp>

namespace vault::kraken_emulator {

namespace json = boost::json;

class Sockets : public testing::Test {
  protected:
    Sockets()
        : tokens_(7),
          requests_(7),
          faults_(7),
          hub_(desk_.exchange, tokens_, requests_, faults_, 7) {
        key_.account = desk_.alice;
        key_.permissions = {Permission::QueryFunds, Permission::QueryOpenTrades,
                            Permission::ModifyTrades};
        token_ = tokens_.issue(key_, desk_.exchange.now());
    }

    SocketNo open(SocketSide side) {
        return hub_.open(
            side, [this](const SharedText& text) { heard_.push_back(text ? *text : "null"); });
    }
    // What was said since the last call, as JSON.
    std::vector<json::value> heard() {
        hub_.tell(desk_.exchange.take_events());
        std::vector<json::value> out;
        for (const std::string& text : std::exchange(heard_, {}))
            out.push_back(protocol::parse_json(text, protocol::kMaxReplyBytes).value());
        return out;
    }
    std::string last() { return heard_.empty() ? "" : heard_.back(); }
    void subscribe(SocketNo socket, std::string_view params, std::string_view more = "") {
        hub_.receive(socket, std::string{R"({"method":"subscribe","params":{)"}
                                 .append(params)
                                 .append("}")
                                 .append(more)
                                 .append("}"));
    }
    std::string with_token(std::string_view channel) const {
        return R"("channel":")" + std::string{channel} + R"(","token":")" + token_ + "\"";
    }

    Desk desk_;
    ApiKey key_;
    Tokens tokens_;
    FaultPlan requests_;
    MessagePlan faults_;
    Hub hub_;
    std::string token_;
    std::vector<std::string> heard_;
};

}  // namespace vault::kraken_emulator
