;; A CPython extension module `guest_memory`, written by hand so that no C compiler is
;; needed.
;;
;; size() -> int: the bytes of this instance's linear memory. WebAssembly knows the number
;; (memory.size), but neither CPython nor wasmtime's Python binding gives it out, and a
;; memory quota that is not reported is half a quota.
;;
;; keep(address) -> int: make the object there immortal, so that using it does not write
;; its reference count. Every page that a guest writes is copied for it; with counting, a
;; guest copies nearly all that it looks at. CPython knows immortal objects by their count
;; (2³⁰ and more on a 32-bit machine; 5·2²⁸ is what it gives them itself), but has no
;; function that makes one. For the build alone: whoever calls it later damages itself.
;;
;; Data, from $__memory_base (struct layouts of CPython 3.14 on a 32-bit machine):
;;    0  PyModuleDef   52 bytes: head 20, then name, doc, size, methods, ...
;;   52  PyMethodDef   2 × 16 bytes: name, function, flags, doc; then 16 of zero: the end
;;  100  "guest_memory", 113 "size", 118 "keep"
(module
  (@custom "dylink.0" (before first) "\01\04\7b\02\02\00")
  (import "env" "memory" (memory 0))
  (import "env" "__indirect_function_table" (table 0 funcref))
  (import "env" "__memory_base" (global $data i32))
  (import "env" "__table_base" (global $functions i32))
  (import "env" "PyModule_Create2" (func $PyModule_Create2 (param i32 i32) (result i32)))
  (import "env" "PyLong_AsSize_t" (func $PyLong_AsSize_t (param i32) (result i32)))
  (import "env" "PyLong_FromSize_t" (func $PyLong_FromSize_t (param i32) (result i32)))
  (elem (global.get $functions) $size $keep)
  (data (global.get $data)
    "\01\00\00\00" "\00\00\00\00" "\00\00\00\00" "\00\00\00\00" "\00\00\00\00"
    "\00\00\00\00" "\00\00\00\00" "\ff\ff\ff\ff" "\00\00\00\00" "\00\00\00\00"
    "\00\00\00\00" "\00\00\00\00" "\00\00\00\00"
    "\00\00\00\00" "\00\00\00\00" "\04\00\00\00" "\00\00\00\00"
    "\00\00\00\00" "\00\00\00\00" "\08\00\00\00" "\00\00\00\00"
    "\00\00\00\00" "\00\00\00\00" "\00\00\00\00" "\00\00\00\00"
    "guest_memory\00" "size\00" "keep\00")

  (func $size (param $self i32) (param $nothing i32) (result i32)
    (call $PyLong_FromSize_t (i32.shl (memory.size) (i32.const 16))))

  (func $keep (param $self i32) (param $address i32) (result i32)
    (local $object i32)
    (local.set $object (call $PyLong_AsSize_t (local.get $address)))
    (i32.store (local.get $object) (i32.const 0x50000000))
    (call $PyLong_FromSize_t (local.get $object)))

  (func (export "PyInit_guest_memory") (result i32)
    (i32.store offset=20 (global.get $data) (i32.add (global.get $data) (i32.const 100)))
    (i32.store offset=32 (global.get $data) (i32.add (global.get $data) (i32.const 52)))
    (i32.store offset=52 (global.get $data) (i32.add (global.get $data) (i32.const 113)))
    (i32.store offset=56 (global.get $data) (global.get $functions))
    (i32.store offset=68 (global.get $data) (i32.add (global.get $data) (i32.const 118)))
    (i32.store offset=72 (global.get $data)
      (i32.add (global.get $functions) (i32.const 1)))
    (call $PyModule_Create2 (global.get $data) (i32.const 1013))))
