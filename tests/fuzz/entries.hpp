#pragma once
// What is fuzzed: each entry takes any bytes and aborts (VAULT_CHECK) when a promise of the code
// under it does not hold. libFuzzer drives them (libfuzzer.cpp, ./dev fuzz), and a plain test
// replays the corpus through the same functions (corpus_test.cpp). One thread per program; an
// entry leaves no state that the next input could see.
#include <span>
#include <string_view>

namespace vault::fuzz {

// Framing, JSON, envelope, parameters and their refusals: common/protocol.
void codec(std::string_view bytes);
// A whole connection: a control session, a shard and a store in memory.
void session(std::string_view bytes);
// config.yaml.
void config(std::string_view bytes);
// Candle files, plain or gzip.
void candles(std::string_view bytes);
// Lines of scripts, and of the daemon to vaultd-runner: daemon/runner.
void scripts(std::string_view bytes);

struct Entry {
    std::string_view name;  // also the folder below corpus/
    void (*run)(std::string_view bytes);
};
std::span<const Entry> entries();

}  // namespace vault::fuzz
