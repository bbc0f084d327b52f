#pragma once
// Secret: bytes that must not leave the process. No copy, no formatter, no comparison but one that
// takes the same time wherever the bytes differ. They live in locked memory
// (base/locked_memory.hpp) and are wiped when moved from and when destroyed. The owner calls
// reveal() at the one place that needs the bytes. Belongs to one thread at a time.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace vault {

class Secret {
  public:
    Secret() = default;
    // Takes the bytes and wipes the string, its unused capacity too.
    explicit Secret(std::string&& bytes);
    // `size` zeroed bytes, to be filled through writable(): the bytes never lie elsewhere.
    static Secret of_size(std::size_t size);
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret();

    // The views are valid until the Secret is moved from or destroyed.
    std::string_view reveal() const;
    std::span<std::uint8_t> writable() { return {bytes_, size_}; }

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    // Takes a time that depends on the sizes only.
    bool equals(const Secret& other) const;
    // False if the system refused to lock the memory (RLIMIT_MEMLOCK): the bytes may be swapped
    // out. True for an empty one.
    bool is_locked() const { return is_locked_; }

    // Keeps the first `size` bytes, size <= size(), and wipes the rest.
    void shorten(std::size_t size);

  private:
    void take(Secret& other) noexcept;
    void wipe() noexcept;

    std::uint8_t* bytes_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;  // bytes taken
    bool is_locked_ = true;
};

}  // namespace vault
