;; A CPython extension module `guest_memory` with one function, `size() -> int`:
;; the bytes of this instance's linear memory. WebAssembly knows the number (memory.size),
;; but neither CPython nor wasmtime's Python binding gives it out, and a memory quota that
;; is not reported is half a quota. Written by hand so that no C compiler is needed.
;;
;; Data, from $__memory_base (struct layouts of CPython 3.14 on a 32-bit machine):
;;    0  PyModuleDef   52 bytes: head 20, then name, doc, size, methods, ...
;;   52  PyMethodDef   16 bytes: name, function, flags, doc; then 16 bytes of zero: the end
;;   84  "guest_memory", 97 "size"
(module
  (@custom "dylink.0" (before first) "\01\04\66\02\01\00")
  (import "env" "memory" (memory 0))
  (import "env" "__indirect_function_table" (table 0 funcref))
  (import "env" "__memory_base" (global $data i32))
  (import "env" "__table_base" (global $functions i32))
  (import "env" "PyModule_Create2" (func $PyModule_Create2 (param i32 i32) (result i32)))
  (import "env" "PyLong_FromSize_t" (func $PyLong_FromSize_t (param i32) (result i32)))
  (elem (global.get $functions) $size)
  (data (global.get $data)
    "\01\00\00\00" "\00\00\00\00" "\00\00\00\00" "\00\00\00\00" "\00\00\00\00"
    "\00\00\00\00" "\00\00\00\00" "\ff\ff\ff\ff" "\00\00\00\00" "\00\00\00\00"
    "\00\00\00\00" "\00\00\00\00" "\00\00\00\00"
    "\00\00\00\00" "\00\00\00\00" "\04\00\00\00" "\00\00\00\00"
    "\00\00\00\00" "\00\00\00\00" "\00\00\00\00" "\00\00\00\00"
    "guest_memory\00" "size\00")

  (func $size (param $self i32) (param $nothing i32) (result i32)
    (call $PyLong_FromSize_t (i32.shl (memory.size) (i32.const 16))))

  (func (export "PyInit_guest_memory") (result i32)
    (i32.store offset=20 (global.get $data) (i32.add (global.get $data) (i32.const 84)))
    (i32.store offset=32 (global.get $data) (i32.add (global.get $data) (i32.const 52)))
    (i32.store offset=52 (global.get $data) (i32.add (global.get $data) (i32.const 97)))
    (i32.store offset=56 (global.get $data) (global.get $functions))
    (call $PyModule_Create2 (global.get $data) (i32.const 1013))))
