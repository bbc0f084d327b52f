#pragma once
// Ring<T>: a queue of small values on one power-of-two buffer, addressed by absolute numbers that
// never change while an element lives (first() .. last()). It grows when full and never shrinks; no
// allocation in steady state. A value; owned by a PriceWindow, the shard's thread.
#include "common/base/check.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vault::market {

template <class T>
class Ring {
  public:
    std::uint64_t begin() const { return begin_; }  // number of the oldest element
    std::uint64_t end() const { return end_; }      // one past the newest
    bool empty() const { return begin_ == end_; }
    std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }
    std::size_t capacity() const { return slots_.size(); }

    const T& operator[](std::uint64_t number) const { return slots_[slot(number)]; }
    const T& front() const { return (*this)[begin_]; }
    const T& back() const { return (*this)[end_ - 1]; }

    void push_back(const T& value) {
        if (size() == slots_.size()) grow();
        slots_[slot(end_)] = value;
        ++end_;
    }
    void pop_front() {
        VAULT_CHECK(!empty(), "pop from an empty ring");
        ++begin_;
    }
    void pop_back() {
        VAULT_CHECK(!empty(), "pop from an empty ring");
        --end_;
    }
    void clear() { begin_ = end_; }

  private:
    std::size_t slot(std::uint64_t number) const {
        return static_cast<std::size_t>(number) & (slots_.size() - 1);
    }
    void grow() {
        std::vector<T> bigger(slots_.empty() ? 8 : slots_.size() * 2);
        for (std::uint64_t i = begin_; i != end_; ++i)
            bigger[static_cast<std::size_t>(i) & (bigger.size() - 1)] = (*this)[i];
        slots_ = std::move(bigger);
    }

    std::vector<T> slots_;
    std::uint64_t begin_ = 0;
    std::uint64_t end_ = 0;
};

}  // namespace vault::market
