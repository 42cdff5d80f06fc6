//! What AWS said and what it refused to say: the snapshot document and the table of calls
